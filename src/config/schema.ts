/**
 * The schema of `controlnet.yaml`: every key with its type, default and description. `controlnet-kit schema` and docs/config.md
 * are generated from it. Rules that involve more than one key are in `rules.ts`.
 */
import * as z from 'zod'
import { ANNOTATOR_NAMES, ANNOTATORS, QUALITIES } from '../annotators/index.ts'
import { BASE_MODELS, type BaseModelConfig, type BaseModelKey } from '../base-models/index.ts'
import { describeChoices } from '../choices.ts'
import { DEFAULT_STYLE, FACE_STYLES, STYLE_NAMES } from '../conditions/face-styles/index.ts'
import { CONDITION_KINDS, CONDITIONS, DEFAULT_KIND } from '../conditions/index.ts'
import { DURATION_PATTERN } from '../duration.ts'
import { ENVIRONMENT_KIND_NAMES, ENVIRONMENT_KINDS, OWN_PYTHON } from '../environment/kinds.ts'
import { TRACKER_NAMES, TRACKERS } from '../environment/trackers.ts'
import { FACE_KINDS } from '../generated-faces/face-kinds.ts'
import { DEFAULT_FACES } from '../generated-faces/generated-source.ts'
import { PRESET_NAMES } from '../presets/index.ts'
import { EFFECTIVE_BATCH } from '../presets/split-batch.ts'
import { SOURCE_KINDS, SOURCES, type SourceConfig } from '../sources/index.ts'

const text = z.string().min(1)
const count = z.int().min(1)
/** Only shells expand `~`. */
const path = text
  .regex(/^(?!~)/, 'expected a path without ~, such as /home/me/photos or ./photos')
  .describe('A path; relative paths start at the working directory.')

const condition = z
  .strictObject({
    kind: z
      .enum(CONDITION_KINDS)
      .default(DEFAULT_KIND)
      .describe(
        `What controls the generated image. ${describeChoices(CONDITIONS.map(({ kind, title }) => ({ name: kind, words: title })))}`,
      ),
    annotator: z
      .enum(ANNOTATOR_NAMES)
      .default(ANNOTATORS[0].name)
      .describe(`What finds the landmarks. ${describeChoices(ANNOTATORS)}`),
    landmarks: path
      .optional()
      .describe(
        'For `annotator: files`: the folder with the landmark files, or one CSV or JSONL file for all pictures. Default: the files lie beside the pictures.',
      ),
    quality: z
      .enum(QUALITIES)
      .default(QUALITIES[0])
      .describe(
        'Embedded annotator: `best` searches for faces at three sizes of the picture, `fast` at two.',
      ),
    style: z
      .enum(STYLE_NAMES)
      .default(DEFAULT_STYLE)
      .describe(`How the conditioning image is drawn. ${describeChoices(FACE_STYLES)}`),
  })
  .prefault({})
  .describe('What controls the generated image.')

const faces = z.union([
  count,
  z.strictObject({
    count: count.describe('How many.'),
    size: z.int().min(64).max(1024).default(DEFAULT_FACES.size).describe('Side of the pictures in pixels.'),
    kind: z
      .enum(FACE_KINDS.map(({ name }) => name))
      .default(DEFAULT_FACES.kind)
      .describe(`The kind of face. ${describeChoices(FACE_KINDS)}`),
  }),
])

const GIVEN = { path, text, faces } as const

/** A mapping with one key, the source's kind: `{ folder: ./photos }`. */
const source = z
  .union(
    SOURCES.map(({ kind, takes, words }) =>
      z.strictObject({ [kind]: GIVEN[takes].describe(words) }),
    ) as unknown as [z.ZodType<SourceConfig, SourceConfig>],
  )
  .describe(`Where the pictures come from: exactly one of ${SOURCE_KINDS.join(', ')}.`)

const share = z.number().min(0).max(1)
const drop = share
  .default(0)
  .describe('Share of the pictures whose caption is left empty, chosen by content.')

const captions = z
  .union([
    z.strictObject({
      template: z
        .string()
        .describe('A text for every picture, with variables in braces: docs/captions.md lists them.'),
      drop,
    }),
    z.strictObject({ sidecar: text.describe('Extension of the text file beside each picture: .txt'), drop }),
    z.strictObject({ column: text.describe('Column of the source, or of its metadata file.'), drop }),
    z.strictObject({ model: z.enum(['blip']).describe('A model writes the captions.'), drop }),
    z.strictObject({
      command: z
        .union([text, z.array(text).min(1)])
        .describe(
          'A program, or a list of a program and its arguments. It reads paths from stdin and writes NDJSON to stdout.',
        ),
      drop,
    }),
  ])
  .prefault({ template: 'a portrait photo of a person' })
  .describe(
    'Where the captions come from: exactly one of template, sidecar, column, model, command. Sources with columns default to their caption column.',
  )

const filters = z
  .strictObject({
    duplicates: z
      .enum(['near', 'exact', 'keep'])
      .default('near')
      .describe(
        'Leave out pictures that repeat another one; `near` also finds re-encoded and resized copies. Copies that are kept are never split between train and validation.',
      ),
    min_confidence: share
      .default(0)
      .describe('Leave out faces with a lower score than this (annotations.ndjson has the scores).'),
    max_pose: z
      .number()
      .min(0)
      .max(180)
      .default(75)
      .describe('Leave out faces whose yaw or pitch exceeds this many degrees.'),
    cut_faces: z
      .enum(['reject', 'keep'])
      .default('reject')
      .describe('What to do with faces that the edge of the picture cuts.'),
    long_captions: z
      .enum(['keep', 'reject'])
      .default('keep')
      .describe(
        'What to do with captions that have more tokens than the text encoder takes; the trainer cuts those that are kept.',
      ),
  })
  .prefault({})
  .describe('Which pictures are left out, besides those that can not be used at all.')

const dataset = z
  .strictObject({
    source,
    columns: z
      .strictObject({
        image: text.default('image').describe('Column with the picture.'),
        conditioning_image: text
          .default('conditioning_image')
          .describe('Column with the conditioning image.'),
        caption: text.default('text').describe('Column with the caption.'),
      })
      .prefault({})
      .describe('Column names in the source, if it has columns.'),
    crop: z
      .enum(['face', 'center', 'pad'])
      .default('face')
      .describe('How a picture becomes square: cropped around the face, cropped to its centre, or padded.'),
    faces: z
      .enum(['largest', 'all', 'single'])
      .default('largest')
      .describe('Which faces to use; `single` rejects pictures with more than one.'),
    captions,
    filters,
    resolution: z
      .int()
      .min(64)
      .max(2048)
      .multipleOf(8)
      .default(512)
      .describe('Side of the training pictures in pixels, a multiple of 8.'),
    validation: z
      .strictObject({
        count: z
          .union([z.literal('auto'), z.int().min(0)])
          .default('auto')
          .describe(
            'Rows that are held out and never trained on, at most half of all rows. `auto`: a tenth, at least 1 and at most 16.',
          ),
      })
      .prefault({})
      .describe('The validation split, which is held out from training.'),
    max_rejects: z
      .string('expected a share like 20%')
      .regex(/^(100|[0-9]{1,2})(\.[0-9]+)?\s?%$/, 'expected a share like 20%')
      .default('20%')
      .describe(
        'If a larger share of the pictures is rejected, the preparation stops with an error; duplicates do not count.',
      ),
    output: path.default('./dataset').describe('The dataset folder.'),
  })
  .describe('The pictures, and how the dataset is made from them.')

type PartOf<Whole> = Whole extends object ? Partial<Whole> : never

function baseModelKey({ takes, words, ...optional }: BaseModelKey): z.ZodType {
  const value = takes === 'path' ? path : takes === 'text' ? text : z.enum(takes)
  const given = optional.default === undefined ? value : value.default(optional.default)
  return given.describe(words)
}

/** A mapping with the keys of one kind: `{ repo: owner/name }`. */
const baseModel = z
  .union(
    BASE_MODELS.map(({ keys }) =>
      z.strictObject(
        Object.fromEntries(Object.entries(keys).map(([key, spec]) => [key, baseModelKey(spec)])),
      ),
    ) as unknown as [z.ZodType<BaseModelConfig, PartOf<BaseModelConfig>>],
  )
  .prefault({ repo: 'stable-diffusion-v1-5/stable-diffusion-v1-5' })
  .describe(
    `The frozen model that the ControlNet steers: exactly one of ${BASE_MODELS.map(({ kind }) => kind).join(', ')}.`,
  )

const environment = z
  .strictObject({
    kind: z
      .enum(ENVIRONMENT_KIND_NAMES)
      .default(ENVIRONMENT_KINDS[0].name)
      .describe(`Where Python runs. ${describeChoices(ENVIRONMENT_KINDS)}`),
    python: path
      .default(OWN_PYTHON)
      .describe('For `kind: current`: the Python that has the packages, by its name or path.'),
    torch: z
      .enum(['auto', 'cpu', 'cu126', 'cu130'])
      .default('auto')
      .describe(
        'The build of torch; `auto` chooses it by the GPU and its driver: cu130, or cu126 (untested) where cu130 does not work. `cpu` uses no GPU.',
      ),
  })
  .prefault({})
  .describe('The Python environment.')

const train = z
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

const hooks = z
  .strictObject({
    finished: z
      .union([text, z.array(text).min(1)])
      .nullable()
      .default(null)
      .describe(
        'A program, or a list of a program and its arguments. It is started when a training has ended, also after a failure, and gets the result as JSON on stdin.',
      ),
  })
  .prefault({})
  .describe("The user's own programs. They don't change what is learned.")

/** The complete config: every key has its value. */
export const configSchema = z
  .strictObject({
    $schema: text.optional().describe('Path of the JSON Schema, for editors.'),
    version: z.literal(1).describe('Version of this format.'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and dashes, at most 63')
      .describe('Name of the runs and of the model.'),
    condition,
    dataset,
    base_model: baseModel,
    environment,
    train,
    launch: z
      .strictObject({
        num_processes: z
          .union([z.literal('auto'), count])
          .default('auto')
          .describe(
            'Number of training processes, one for each GPU. `auto`: one for every free GPU of the same kind, or one process on the CPU. The effective batch stays the same.',
          ),
        num_machines: count.default(1).describe('Number of machines that train together.'),
      })
      .prefault({})
      .describe('How many processes and machines train.'),
    hooks,
    evaluate: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .describe('Measure how closely the model follows held-out conditions.'),
        count: count.default(64).describe('Held-out conditions at most, one picture each.'),
        shrink: z
          .boolean()
          .default(true)
          .describe(
            'Take fewer, but at least 8, where all would need over a tenth of the training and over a minute.',
          ),
        keep: z
          .enum(['best', 'all', 'none'])
          .default('best')
          .describe(
            'Copies of the ControlNet at each checkpoint, halved: `best` keeps them until they are evaluated, then the best one; `none` evaluates the last step alone.',
          ),
        num_inference_steps: count.default(20).describe('Denoising steps of a picture.'),
        guidance_scale: z
          .number()
          .min(0)
          .default(7.5)
          .describe('How closely the pictures follow their captions.'),
      })
      .prefault({})
      .describe('What is measured after the training: docs/evaluate.md.'),
    watch: z
      .strictObject({
        stall_timeout: z
          .string()
          .regex(DURATION_PATTERN, 'expected a time such as 30m, 1h30m or 90s, or off')
          .or(z.literal('off'))
          .default('30m')
          .describe(
            'The kit ends a training that prints nothing for this time between two steps: 30m, 1h30m, 90s; `off`: never. Other phases have a multiple of it (docs/training.md).',
          ),
      })
      .prefault({})
      .describe('How a running training is watched. Changes nothing that is learned.'),
    runs: path.default('./runs').describe('Folder for the run folders.'),
  })
  .describe('controlnet-kit: what to train, from what, and how.')

export type Config = z.output<typeof configSchema>

/** A key of the config as `--set` takes it: `train.learning_rate`. */
export type ConfigKey = KeysOf<z.input<typeof configSchema>>

type KeysOf<T> = T extends readonly unknown[]
  ? never
  : T extends object
    ? { [Key in keyof T & string]: Key | `${Key}.${KeysOf<NonNullable<T[Key]>>}` }[keyof T & string]
    : never
