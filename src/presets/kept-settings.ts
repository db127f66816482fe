import type { Config, TrainingSettings } from '../types.ts'

interface KeptInput {
  readonly planned: TrainingSettings
  readonly recorded: TrainingSettings
  /** Whether the run has a checkpoint: its optimiser can't become another one. */
  readonly hasBegun: boolean
}

/**
 * The settings with which a run goes on: those that it recorded, but for what the config now sets by itself. Another preset in
 * the config brings all of its own. Loading workers change nothing that is learned, so they follow the machine.
 */
export function keepSettings(
  { train, launch }: Pick<Config, 'train' | 'launch'>,
  { planned, recorded, hasBegun }: KeptInput,
): TrainingSettings {
  if (train.preset !== 'auto' && train.preset !== recorded.preset)
    return hasBegun ? { ...planned, use_8bit_adam: recorded.use_8bit_adam } : planned
  const { train_batch_size, gradient_accumulation_steps } = planned
  const setsBatch = train.train_batch_size !== undefined || train.gradient_accumulation_steps !== undefined
  const own: Partial<TrainingSettings> = {
    // Whichever of the two the config sets, the plan made the other one fit it.
    ...(setsBatch && { train_batch_size, gradient_accumulation_steps }),
    ...Object.fromEntries(OWN_KEYS.filter((key) => train[key] !== undefined).map((key) => [key, train[key]])),
    ...(launch.num_processes !== 'auto' && { num_processes: launch.num_processes }),
  }
  return { ...recorded, ...own, gpu: planned.gpu, dataloader_num_workers: planned.dataloader_num_workers }
}

/** They change how it is computed, not what is learned. */
const OWN_KEYS = [
  'mixed_precision',
  'gradient_checkpointing',
  'gradient_checkpointing_unet',
  'cache_latents',
  'cache_captions',
] as const
