/**
 * The arguments of diffusers' train_controlnet.py (the pinned commit; the file is the same from v0.36.0 on but for one line that
 * is no argument), and how each is set. Pure.
 */
import { kitCommand } from '../next-step.ts'
import type { ScriptArgument } from '../observed.ts'

export interface UpstreamArgument extends ScriptArgument {
  /** `train`: the key of that name. `extra`: `train.extra`. `kit`: another key, or never; `instead` says so. */
  readonly set: 'train' | 'extra' | 'kit'
  readonly instead?: string
  /** Of one for `train.extra`: false when it changes nothing that is learned. */
  readonly isLearned?: false
  /** Of one for `train.extra`: what its value has to look like. */
  readonly form?: { readonly pattern: RegExp; readonly words: string }
  /** Of one for `train.extra`: a package that it needs and that the pinned ones don't have. */
  readonly needs?: string
}

const NO_UPLOAD = 'not taken: the kit uploads nothing by itself'

export const UPSTREAM_ARGUMENTS: readonly UpstreamArgument[] = [
  ...kit('value', {
    pretrained_model_name_or_path: 'filled by the kit: set base_model',
    revision: 'filled by the kit: set base_model.revision',
    tokenizer_name: "not taken: the base model's own tokenizer is used",
    cache_dir: 'filled by the kit: one cache folder per dataset',
    dataset_name: 'filled by the kit: set dataset.source',
    dataset_config_name: 'filled by the kit: set dataset.source',
    train_data_dir: 'filled by the kit: set dataset.output',
    image_column: 'filled by the kit: set dataset.columns',
    conditioning_image_column: 'filled by the kit: set dataset.columns',
    caption_column: 'filled by the kit: set dataset.columns',
    resolution: 'filled by the kit: set dataset.resolution',
    output_dir: 'filled by the kit: the run folder (see runs:)',
    logging_dir: 'filled by the kit: the run folder (see runs:)',
    resume_from_checkpoint: `filled by the kit: ${kitCommand('resume')}`,
    report_to: 'filled by the kit: set train.trackers',
    hub_token: 'not taken: it would end up in logs',
    hub_model_id: NO_UPLOAD,
  }),
  ...kit('list', {
    validation_prompt: 'filled by the kit: captions of the validation split',
    validation_image: 'filled by the kit: pictures of the validation split',
  }),
  ...kit('nothing', {
    scale_lr: 'not taken: write the learning rate that you want',
    push_to_hub: 'not taken: it uploads checkpoints and logs',
  }),
  ...keys('value', [
    ...['controlnet_model_name_or_path', 'proportion_empty_prompts', 'dataloader_num_workers', 'seed'],
    ...['train_batch_size', 'gradient_accumulation_steps', 'num_train_epochs', 'max_train_steps'],
    ...['learning_rate', 'lr_scheduler', 'lr_warmup_steps', 'lr_num_cycles', 'lr_power', 'adam_beta1'],
    ...['adam_beta2', 'adam_weight_decay', 'adam_epsilon', 'max_grad_norm', 'mixed_precision'],
    ...['checkpointing_steps', 'checkpoints_total_limit', 'num_validation_images', 'validation_steps'],
  ]),
  ...keys('nothing', ['use_8bit_adam', 'gradient_checkpointing']),
  {
    ...{ name: 'variant', takes: 'value', set: 'extra' },
    form: { pattern: /^\w+$/, words: 'the variant of the weight files, such as fp16' },
  },
  {
    ...{ name: 'max_train_samples', takes: 'value', set: 'extra' },
    form: { pattern: /^[1-9]\d*$/, words: 'a whole number, at least 1' },
  },
  {
    ...{ name: 'tracker_project_name', takes: 'value', set: 'extra', isLearned: false },
    form: { pattern: /^[a-z0-9][a-z0-9-]*$/, words: 'lower-case letters, digits and dashes' },
  },
  { name: 'allow_tf32', takes: 'nothing', set: 'extra', isLearned: false },
  { name: 'set_grads_to_none', takes: 'nothing', set: 'extra', isLearned: false },
  {
    ...{ name: 'enable_xformers_memory_efficient_attention', takes: 'nothing', set: 'extra' },
    ...{ isLearned: false, needs: 'xformers' },
  },
]

export function findUpstreamArgument(name: string): UpstreamArgument | null {
  return UPSTREAM_ARGUMENTS.find((one) => one.name === name) ?? null
}

/** What to write instead of a flag that the kit fills or does not take; null where it can be set. */
export function insteadOf(name: string): string | null {
  const known = findUpstreamArgument(name)
  if (known?.instead !== undefined) return known.instead
  // What other versions of the script have for uploading.
  return known === null && /^(hub_|push_to_)/.test(name) ? NO_UPLOAD : null
}

function kit(takes: ScriptArgument['takes'], words: Readonly<Record<string, string>>): UpstreamArgument[] {
  return Object.entries(words).map(([name, instead]) => ({ name, takes, set: 'kit', instead }))
}

function keys(takes: ScriptArgument['takes'], names: readonly string[]): UpstreamArgument[] {
  return names.map((name) => ({ name, takes, set: 'train' }))
}
