/** The keys under `dataset:`. */
import * as z from 'zod'
import { describeChoices } from '../choices.ts'
import { FACE_KINDS } from '../generated-faces/face-kinds.ts'
import { DEFAULT_FACES } from '../generated-faces/generated-source.ts'
import { SOURCE_KINDS, SOURCES, type SourceConfig } from '../sources/index.ts'
import { count, path, share, text } from './schema-values.ts'

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

export const dataset = z
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
