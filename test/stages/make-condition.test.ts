// The conditioning image that `generate` asks a model with, from real photographs.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import sharp from 'sharp'
import { makeCondition, type ConditionRequest } from '../../src/actions/generate/make-condition.ts'
import type { InputKind } from '../../src/actions/generate/generate-request.ts'
import { configSchema } from '../../src/config/schema.ts'
import { UserError } from '../../src/errors.ts'
import { temporaryFolder } from '../cli/cli.ts'
import { copyPhotos } from './face-pictures.ts'

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await copyPhotos(folder, [1])
  const one = await sharp(join(folder, 'sample1.jpg')).resize({ height: 400 }).toBuffer()
  const small = await sharp(one).resize({ height: 240 }).toBuffer()
  const { width } = await sharp(one).metadata()
  // The same person twice, once smaller.
  await sharp({ create: { width: 2 * width, height: 400, channels: 3, background: '#808080' } })
    .composite([
      { input: one, left: 0, top: 0 },
      { input: small, left: width + 40, top: 80 },
    ])
    .jpeg()
    .toFile(join(folder, 'two.jpg'))
  await sharp({ create: { width: 96, height: 96, channels: 3, background: '#336699' } })
    .png()
    .toFile(join(folder, 'blue.png'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Change {
  readonly condition?: object
  readonly dataset?: object
}

function make(
  [kind, given]: [InputKind, string],
  { condition = {}, dataset = {} }: Change = {},
  more: Partial<ConditionRequest> = {},
): Promise<Buffer> {
  const config = configSchema.parse({
    ...{ version: 1, name: 'a', condition },
    dataset: { source: { folder: 'x' }, resolution: 96, ...dataset },
  })
  const input = { kind, given, file: join(folder, given) }
  return makeCondition({
    config,
    input,
    faces: null,
    size: 96,
    signal: new AbortController().signal,
    ...more,
  })
}

/** Share of the pixels that are not black. */
async function painted(png: Buffer): Promise<number> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([96, 96])
  let count = 0
  for (let at = 0; at < data.length; at += info.channels)
    if (data[at]! + data[at + 1]! + data[at + 2]! > 60) count++
  return count / (96 * 96)
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: UserError) => [error.reason, error.code, error.message],
  )

it('draws the largest face as the training did, or all of them', async () => {
  const largest = await make(['photo', 'two.jpg'])
  const all = await make(['photo', 'two.jpg'], {}, { faces: 'all' })
  const asTrained = await make(['photo', 'two.jpg'], { dataset: { faces: 'all' } })
  expect(all.equals(asTrained)).toBe(true)
  expect(all.equals(largest)).toBe(false)
  expect(await painted(largest)).toBeGreaterThan(0.02)
  expect(await painted(all)).toBeGreaterThan(0.02)
  expect(
    (await make(['photo', 'two.jpg'], { dataset: { faces: 'all' } }, { faces: 'largest' })).equals(largest),
  ).toBe(true)
})

it('takes an image of the right size as it is, and no other', async () => {
  const taken = await make(['conditioning', 'blue.png'])
  expect(
    (await sharp(taken).raw().toBuffer()).equals(await sharp(join(folder, 'blue.png')).raw().toBuffer()),
  ).toBe(true)
  expect(await refusal(make(['conditioning', 'blue.png'], {}, { size: 64 }))).toEqual([
    ...[
      'dataset',
      'condition-size',
      'blue.png has 96 × 96 pixels; expected 64 × 64, as the model was trained.',
    ],
  ])
})

it('draws points that stand alone in pixels of the conditioning image', async () => {
  const text = await readFile(new URL('../fixtures/spiga-seg/upright.json', import.meta.url), 'utf8')
  const { faces } = JSON.parse(text) as { faces: [number, number][][] }
  const points = faces[0]!.slice(0, 68).map(([x, y]) => [(x * 96) / 512, (y * 96) / 512])
  await writeFile(join(folder, 'points.json'), JSON.stringify(points))
  expect(await painted(await make(['landmarks', 'points.json']))).toBeGreaterThan(0.01)
})

it('draws what needs no faces from any picture', async () => {
  const edges = await make(['photo', 'two.jpg'], {
    condition: { kind: 'canny' },
    dataset: { crop: 'center' },
  })
  expect(await painted(edges)).toBeGreaterThan(0.01)
})

it.each<[string, [InputKind, string], Change, unknown]>([
  ['no face', ['photo', 'blue.png'], {}, ['dataset', 'no-face', 'No face was found in blue.png.']],
  [
    'no landmarks',
    ['landmarks', 'blue.png'],
    {},
    ['dataset', 'no-landmarks', expect.stringMatching(/^blue\.png: it is not JSON/)],
  ],
  [
    'a model without landmarks',
    ['landmarks', 'two.jpg'],
    { condition: { kind: 'canny' }, dataset: { crop: 'center' } },
    ['usage', 'no-landmarks', 'This model is not driven by landmarks, but by canny edges.'],
  ],
  [
    'ready-made conditions',
    ['photo', 'two.jpg'],
    { condition: { kind: 'images' }, dataset: { crop: 'center' } },
    [
      'usage',
      'no-annotator',
      'Nothing turns a photo into the condition of this model: it is your own conditioning images.',
    ],
  ],
])('%s', async (_, input, change, expected) => expect(await refusal(make(input, change))).toEqual(expected))
