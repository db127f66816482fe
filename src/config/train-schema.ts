/** The keys under `train:`, by the names of diffusers' flags. */
import * as z from 'zod'
import { describeChoices } from '../choices.ts'
import { TRACKER_NAMES, TRACKERS } from '../environment/trackers.ts'
import { PRESET_NAMES } from '../presets/index.ts'
import { EFFECTIVE_BATCH } from '../presets/split-batch.ts'
import { count, path, share, text } from './schema-values.ts'

export const train = z
  .strictObject({
    engine: z
      .enum(['diffusers', 'builtin'])
      .default('diffusers')
      .describe("The trainer: diffusers' train_controlnet.py, or the kit's own."),
    script: path
      .optional()
      .describe("A local copy of diffusers' train_controlnet.py, for machines without network access."),
    preset: z
      .enum(PRESET_NAMES)
      .default('auto')
      .describe(
        'Settings that make a training fit a GPU: batch, checkpointing, 8-bit Adam, caches. `auto` takes the preset that fits the free memory of the GPU found.',
      ),
    learning_rate: z.number().positive().default(1e-5).describe('Initial learning rate.'),
    num_train_epochs: count.default(3).describe('Passes over the dataset, unless max_train_steps is given.'),
    max_train_steps: count.optional().describe('Optimiser steps; overrides the epochs.'),
    effective_batch: count
      .optional()
      .describe(
        `Pictures per optimiser step: batch × accumulation × processes, the same on every GPU. Default: ${EFFECTIVE_BATCH}, or the product if batch and accumulation are given.`,
      ),
    train_batch_size: count
      .optional()
      .describe(
        'Pictures per device and micro-step. Default: taken from the preset; if the accumulation is given, the value that gives the effective batch.',
      ),
    gradient_accumulation_steps: count
      .optional()
      .describe('Micro-steps per optimiser step. Default: the value that gives the effective batch.'),
    mixed_precision: z
      .enum(['no', 'fp16', 'bf16'])
      .optional()
      .describe(
        'Number format of the computation. Default: `bf16` on a GPU that supports it, `fp16` on other GPUs, `no` on the CPU.',
      ),
    gradient_checkpointing: z
      .boolean()
      .optional()
      .describe('Uses less memory and more time. Default: taken from the preset.'),
    gradient_checkpointing_unet: z
      .boolean()
      .optional()
      .describe(
        'Builtin engine: gradient checkpointing on the frozen UNet as well. Default: taken from the preset.',
      ),
    use_8bit_adam: z
      .boolean()
      .optional()
      .describe(
        'Uses an AdamW that stores its moments with 8 bits, which needs less memory. Default: taken from the preset.',
      ),
    cache_latents: z
      .boolean()
      .optional()
      .describe(
        'Builtin engine: encode each picture only once, before training. Default: true if the training makes at least two passes over the dataset.',
      ),
    cache_captions: z
      .boolean()
      .optional()
      .describe(
        'Builtin engine: encode each caption only once, before training. Default: true if the training makes at least two passes over the dataset.',
      ),
    lr_scheduler: z
      .enum(['linear', 'cosine', 'cosine_with_restarts', 'polynomial', 'constant', 'constant_with_warmup'])
      .default('constant')
      .describe('How the learning rate changes during training.'),
    lr_warmup_steps: z
      .int()
      .min(0)
      .default(0)
      .describe('Optimiser steps over which the learning rate rises from 0.'),
    lr_num_cycles: count.default(1).describe('Number of cycles of `cosine_with_restarts`.'),
    lr_power: z.number().positive().default(1).describe('Exponent of the scheduler `polynomial`.'),
    adam_beta1: share.default(0.9).describe('AdamW: decay rate of the running mean of gradients.'),
    adam_beta2: share.default(0.999).describe('AdamW: decay rate of the running mean of squared gradients.'),
    adam_weight_decay: z
      .number()
      .min(0)
      .default(0.01)
      .describe('AdamW: decoupled weight decay; pulls all weights towards 0.'),
    adam_epsilon: z
      .number()
      .positive()
      .default(1e-8)
      .describe('AdamW: added to the denominator, so that it never divides by 0.'),
    max_grad_norm: z.number().positive().default(1).describe('Gradients are clipped to this norm.'),
    proportion_empty_prompts: share
      .default(0)
      .describe('Share of captions that are replaced by an empty text during training.'),
    seed: z
      .int()
      .min(0)
      .default(42)
      .describe('Seed of the noise, the order of the pictures and the previews.'),
    dataloader_num_workers: z
      .int()
      .min(0)
      .optional()
      .describe('Processes that decode pictures. Default: chosen for the machine.'),
    checkpointing_steps: count
      .optional()
      .describe('Optimiser steps between checkpoints. Default: computed from the total number of steps.'),
    checkpoints_total_limit: z
      .int()
      .min(2)
      .default(3)
      .describe('How many checkpoints are kept; older ones are removed.'),
    validation_steps: count
      .optional()
      .describe('Optimiser steps between previews. Default: computed from the total number of steps.'),
    num_validation_images: count.default(1).describe('Preview pictures for each validation condition.'),
    controlnet_init: z
      .enum(['upstream', 'scaled'])
      .default('upstream')
      .describe(
        'How a new ControlNet begins: as in diffusers, or with a scaled embedding of the conditioning image, so that it learns sooner (docs/conditioning-init.md).',
      ),
    controlnet_model_name_or_path: path
      .optional()
      .describe('Start from this ControlNet (a folder) instead of a copy of the UNet.'),
    trackers: z
      .array(z.enum(TRACKER_NAMES))
      .default([])
      .describe(
        `What records the training beside TensorBoard, which always does (diffusers' script). ${describeChoices(TRACKERS)}`,
      ),
    extra: z
      .record(text, z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).min(1)]))
      .default({})
      .describe(
        "Further flags of diffusers' script, by their names without dashes: `{ max_train_samples: 1000 }`. docs/training.md lists them.",
      ),
  })
  .prefault({})
  .describe(
    "The training. The keys are flags of diffusers' train_controlnet.py, except for engine, script, preset and the keys of the builtin engine.",
  )
