/** What of a config changes what is learned. docs/decisions/same-training.md says why each key is in or out. */
import type { Config, TrainingMaths } from '../types.ts'
import { learnedExtra } from './extra-flags.ts'

/**
 * Two trainings with the same answer, dataset, packages and base model learn the same, but for rounding: on any card, with
 * any split of the effective batch. JSON.
 */
export function learnedSettings({ train }: Config, training: TrainingMaths): unknown {
  const {
    // the card, and how the work is laid out on it
    preset: _preset,
    effective_batch: _wish,
    train_batch_size: _size,
    gradient_accumulation_steps: _accumulation,
    gradient_checkpointing: _checkpointing,
    gradient_checkpointing_unet: _unetCheckpointing,
    cache_latents: _latents,
    cache_captions: _captions,
    dataloader_num_workers: _workers,
    // how often it is saved and looked at
    checkpointing_steps: _every,
    checkpoints_total_limit: _limit,
    validation_steps: _previews,
    num_validation_images: _images,
    // where the script lies; its content counts as an input of the stage
    script: _script,
    // who else records it
    trackers: _trackers,
    extra,
    controlnet_init: init,
    // what the steps are counted from
    num_train_epochs: epochs,
    max_train_steps: steps,
    ...learned
  } = train
  const length = steps === undefined ? { epochs } : { steps }
  const flags = learnedExtra(extra)
  const more = Object.keys(flags).length === 0 ? {} : { extra: flags }
  // Trainings from before there was a choice are the same as those with the first.
  const start = init === 'upstream' ? {} : { controlnet_init: init }
  return { ...learned, ...start, ...more, ...length, effective_batch: training.effective_batch }
}

/** Whether the learning rate of a step is the same however many steps follow. */
export function hasConstantRate({ train }: Pick<Config, 'train'>): boolean {
  return train.lr_scheduler === 'constant' || train.lr_scheduler === 'constant_with_warmup'
}
