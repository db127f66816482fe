import type { Config, TrainingSettings } from '../types.ts'

/**
 * The settings with which a run goes on: those that it recorded, but for what the config now sets by itself. Another preset in
 * the config brings all of its own. Loading workers change nothing that is learned, so they follow the machine.
 */
export function keepSettings(
  { train, launch }: Pick<Config, 'train' | 'launch'>,
  { planned, recorded }: { planned: TrainingSettings; recorded: TrainingSettings },
): TrainingSettings {
  if (train.preset !== 'auto' && train.preset !== recorded.preset) return planned
  const own: Partial<TrainingSettings> = {
    ...(train.train_batch_size !== undefined && { train_batch_size: train.train_batch_size }),
    ...(train.gradient_accumulation_steps !== undefined && {
      gradient_accumulation_steps: train.gradient_accumulation_steps,
    }),
    ...(train.mixed_precision !== undefined && { mixed_precision: train.mixed_precision }),
    ...(train.gradient_checkpointing !== undefined && {
      gradient_checkpointing: train.gradient_checkpointing,
    }),
    ...(launch.num_processes !== 'auto' && { num_processes: launch.num_processes }),
  }
  return { ...recorded, ...own, dataloader_num_workers: planned.dataloader_num_workers }
}
