/** The arguments of the training script. */
import { resolve } from 'node:path'
import type { Config, Paths, TrainingMaths } from '../types.ts'
import { extraFlags, withExtra } from './extra-flags.ts'

export interface TrainerArgumentsInput {
  readonly config: Config
  readonly training: TrainingMaths
  readonly paths: Paths
  /** Previews: one prompt for each picture. Empty: no previews. */
  readonly validation: { readonly prompts: readonly string[]; readonly images: readonly string[] }
  /** `checkpoint-<step>`, verified; null for a fresh start. */
  readonly resume: string | null
  /** `fp16`: the base model's weights are there in this variant alone. */
  readonly variant: string | null
  /** What relative paths of the config start at. */
  readonly workingDirectory: string
}

type Flag = readonly [name: string, value: string | number]

/**
 * The command line of the training script, the same for both engines but for the builtin's own flags. Single values are
 * written `--flag=value`, so that none is taken for a flag; switches stand alone; lists are followed by another flag.
 */
export function renderTrainerArguments(input: TrainerArgumentsInput): string[] {
  const single = (flags: readonly Flag[]) => flags.map(([name, value]) => `--${name}=${value}`)
  const args = [
    ...single(modelFlags(input)),
    ...single(dataFlags(input)),
    ...single(scheduleFlags(input)),
    ...single(optimiserFlags(input.config.train)),
    ...switches(input).map((name) => `--${name}`),
    ...validationFlags(input),
    ...single(outputFlags(input)),
  ]
  return withExtra(args, extraFlags(input.config.train.extra, input.training.rows))
}

function modelFlags({ config, paths, variant, workingDirectory }: TrainerArgumentsInput): Flag[] {
  const { controlnet_init, controlnet_model_name_or_path: own } = config.train
  const initial = controlnet_init === 'scaled' ? paths.initialControlnet : own
  return [
    ['pretrained_model_name_or_path', paths.baseModel],
    ...(variant === null ? [] : [['variant', variant] as const]),
    ...(initial === undefined
      ? []
      : [['controlnet_model_name_or_path', resolve(workingDirectory, initial)] as const]),
  ]
}

function dataFlags({ config, training, paths }: TrainerArgumentsInput): Flag[] {
  const { proportion_empty_prompts } = config.train
  return [
    ['train_data_dir', paths.trainingData],
    ['image_column', 'image'],
    ['conditioning_image_column', 'conditioning_image'],
    ['caption_column', 'text'],
    ...unlessDefault('proportion_empty_prompts', proportion_empty_prompts, 0),
    ['resolution', config.dataset.resolution],
    ['dataloader_num_workers', training.settings.dataloader_num_workers],
  ]
}

function scheduleFlags({ config, training }: TrainerArgumentsInput): Flag[] {
  const { train } = config
  return [
    ['seed', train.seed],
    ['train_batch_size', training.settings.train_batch_size],
    ['gradient_accumulation_steps', training.settings.gradient_accumulation_steps],
    ['max_train_steps', training.total_steps],
    ['learning_rate', train.learning_rate],
    ['lr_scheduler', scheduler(train)],
    ['lr_warmup_steps', train.lr_warmup_steps],
    ...unlessDefault('lr_num_cycles', train.lr_num_cycles, 1),
    ...unlessDefault('lr_power', train.lr_power, 1),
  ]
}

/** `constant` ignores the warm-up without a word. */
function scheduler(train: Config['train']): string {
  return train.lr_scheduler === 'constant' && train.lr_warmup_steps > 0
    ? 'constant_with_warmup'
    : train.lr_scheduler
}

function optimiserFlags(train: Config['train']): Flag[] {
  return [
    ...unlessDefault('adam_beta1', train.adam_beta1, 0.9),
    ...unlessDefault('adam_beta2', train.adam_beta2, 0.999),
    ...unlessDefault('adam_weight_decay', train.adam_weight_decay, 0.01),
    ...unlessDefault('adam_epsilon', train.adam_epsilon, 1e-8),
    ...unlessDefault('max_grad_norm', train.max_grad_norm, 1),
  ]
}

function unlessDefault(name: string, value: number, standard: number): Flag[] {
  return value === standard ? [] : [[name, value]]
}

function switches({ config, training: { settings } }: TrainerArgumentsInput): string[] {
  const builtin = config.train.engine === 'builtin'
  const all: readonly (readonly [string, boolean])[] = [
    ['gradient_checkpointing', settings.gradient_checkpointing],
    ['set_grads_to_none', true],
    ['allow_tf32', settings.allow_tf32],
    ['use_8bit_adam', settings.use_8bit_adam],
    ['cache_latents', builtin && settings.cache_latents],
    ['cache_captions', builtin && settings.cache_captions],
    ['gradient_checkpointing_unet', builtin && settings.gradient_checkpointing_unet],
  ]
  return all.filter(([, on]) => on).map(([name]) => name)
}

function validationFlags({ validation }: TrainerArgumentsInput): string[] {
  const { prompts, images } = validation
  if (images.length === 0) return []
  return ['--validation_prompt', ...prompts.map(guard), '--validation_image', ...images.map(guard)]
}

/** In a list a value that begins with a dash would be taken for a flag; a blank before it changes no prompt. */
function guard(value: string): string {
  return value.startsWith('-') ? ` ${value}` : value
}

function outputFlags({ config, training, paths, resume }: TrainerArgumentsInput): Flag[] {
  const builtin = config.train.engine === 'builtin'
  return [
    ['num_validation_images', config.train.num_validation_images],
    ['validation_steps', Math.max(1, training.previews.every)],
    ['mixed_precision', training.settings.mixed_precision],
    ['output_dir', paths.output],
    ['logging_dir', LOGGING_DIR],
    // Upstream takes one word: `all` is every tracker that is installed. TensorBoard is always among them.
    ['report_to', config.train.trackers.length === 0 ? 'tensorboard' : 'all'],
    ['tracker_project_name', TRACKER_PROJECT],
    ['checkpointing_steps', Math.max(1, training.checkpoints.every)],
    ['checkpoints_total_limit', config.train.checkpoints_total_limit],
    ...(builtin ? [['samples_dir', `${paths.run}/samples`] as const] : []),
    ...(resume === null ? [] : [resumeFlag(resume)]),
  ]
}

const LOGGING_DIR = 'logs'
const TRACKER_PROJECT = 'train-controlnet'

/** Where the trainer writes its event files for TensorBoard. */
export function boardFolder({ output }: Paths, extra: Config['train']['extra'] = {}): string {
  return `${output}/${LOGGING_DIR}/${String(extra['tracker_project_name'] ?? TRACKER_PROJECT)}`
}

const resumeFlag = (checkpoint: string): Flag => ['resume_from_checkpoint', checkpoint]

/** The same command line, going on from a checkpoint. */
export function withResume(args: readonly string[], checkpoint: string): string[] {
  const [name, value] = resumeFlag(checkpoint)
  return [...args.filter((arg) => !arg.startsWith(`--${name}=`)), `--${name}=${value}`]
}
