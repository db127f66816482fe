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
  const { train_batch_size, gradient_accumulation_steps } = planned
  const setsBatch = train.train_batch_size !== undefined || train.gradient_accumulation_steps !== undefined
  const own: Partial<TrainingSettings> = {
    // Whichever of the two the config sets, the plan made the other one fit it.
    ...(setsBatch && { train_batch_size, gradient_accumulation_steps }),
    ...(train.mixed_precision !== undefined && { mixed_precision: train.mixed_precision }),
    ...(train.gradient_checkpointing !== undefined && {
      gradient_checkpointing: train.gradient_checkpointing,
    }),
    ...(launch.num_processes !== 'auto' && { num_processes: launch.num_processes }),
  }
  return { ...recorded, ...own, gpu: planned.gpu, dataloader_num_workers: planned.dataloader_num_workers }
}
