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
import { dataset } from './dataset-schema.ts'
import { count, path, text } from './schema-values.ts'
import { train } from './train-schema.ts'

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
