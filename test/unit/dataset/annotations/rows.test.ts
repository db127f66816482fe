import { describe, expect, test } from 'vitest'
import { configSchema } from '../../../../src/config/schema.ts'
import { boundingBox } from '../../../../src/faces/boxes.ts'
import type { Face, Point } from '../../../../src/faces/face.ts'
import { planTraits } from '../../../../src/generated-faces/traits.ts'
import { planIds, type SourcePicture } from '../../../../src/dataset/source-picture.ts'
import type { TokenCounter } from '../../../../src/dataset/annotations/row-problems.ts'
import { planRowRules, planRows, type Finding } from '../../../../src/dataset/annotations/rows.ts'
import { projectFace } from '../../faces/projected-face.ts'

const picture: SourcePicture = {
  id: 'a',
  source: 'a.jpg',
  sizeBytes: 1,
  version: '1',
  sha256: 'ab',
  caption: null,
  values: {},
  conditioning: null,
}

const makeFace = (x: number, side: number, score = 0.9): Face => ({
  box: [x, 100, side, side],
  score,
  landmarks: [],
})
/** A generated face, 200 px or so. */
function turnedFace(yaw: number, x: number): Face {
  const traits = planTraits(7, 4)
  const points = projectFace({ ...traits, pose: { yaw, pitch: 0, roll: 0 } })
  const landmarks = points.map(([px, py]): Point => [px - 180 + x, py])
  const { width, height, ...corner } = boundingBox(landmarks)
  return { box: [corner.x, corner.y, width, height], score: 0.9, landmarks }
}
const large = makeFace(200, 200)
const small = makeFace(600, 80, 0.99)
const found = (...faces: Face[]): Finding => ({
  sha256: 'ab',
  width: 1000,
  height: 800,
  faces,
  likeness: '',
})

function plan(
  finding: Finding,
  dataset: Record<string, unknown> = {},
  given = picture,
  tokenCounter?: TokenCounter,
) {
  const config = configSchema.parse({
    version: 1,
    name: 'x',
    dataset: { source: { folder: 'x' }, ...dataset },
  })
  return planRows(given, finding, planRowRules(config, tokenCounter))
}

describe('planRows', () => {
  test('the largest face, though it was not the surest', () => {
    const rows = plan(found(small, large))
    expect(rows).toMatchObject([
      { id: 'a', rejected: null, face: large, crop: [101, 0, 400], size: [1000, 800] },
    ])
    expect(rows[0]).not.toHaveProperty('more_faces')
  })

  test('faces: all with a face crop gives one row a face', () => {
    const rows = plan(found(small, large), { faces: 'all' })
    expect(rows.map(({ id, face }) => [id, face])).toEqual([
      ['a', large],
      ['a#2', small],
    ])
  })

  test('faces: all in a wider crop are drawn together', () => {
    const rows = plan(found(small, large), { faces: 'all', crop: 'center' })
    expect(rows).toMatchObject([{ id: 'a', face: large, more_faces: [small], crop: [100, 0, 800] }])
  })

  test.each<[string, Finding, Record<string, unknown>, string, string]>([
    [
      'an error',
      { error: { code: 'unreadable', message: 'not a picture' } },
      {},
      'unreadable',
      'not a picture',
    ],
    ['no face', found(), {}, 'no-face', 'no face found'],
    ['two faces', found(small, large), { faces: 'single' }, 'several-faces', '2 faces found'],
    [
      'a tiny face',
      found(makeFace(1, 40)),
      {},
      'too-small',
      'its crop is 80 px wide; 512 px need at least 128',
    ],
    [
      'a lost face',
      found(makeFace(1, 40)),
      { crop: 'pad' },
      'too-small',
      'its face is 40 px in a crop of 1000 px',
    ],
    ['no caption', found(large), { captions: { sidecar: '.txt' } }, 'no-caption', 'missing or empty'],
    [
      'an absent column',
      found(large),
      { captions: { template: '{age}' } },
      'no-caption',
      'it has no age, which the caption template names',
    ],
    [
      'a template that says nothing',
      found(large),
      { captions: { template: '{mouth}' } },
      'no-caption',
      'its caption template gives an empty text',
    ],
    [
      'an uncertain face',
      found(large, { ...small, score: 0.5 }),
      { filters: { min_confidence: 0.95 } },
      'low-confidence',
      'its face has a score of 0.90; at least 0.95 is required',
    ],
    ['a cut face', found(turnedFace(0, -60)), {}, 'cut-face', 'of its 68 landmarks lie outside the picture'],
    ['a face turned far', found(turnedFace(80, 300)), {}, 'extreme-pose', '° aside; at most 75° are allowed'],
    [
      'a face turned more than asked for',
      found(turnedFace(40, 300)),
      { filters: { max_pose: 20 } },
      'extreme-pose',
      'at most 20° are allowed',
    ],
  ])('%s is left out', (_, finding, dataset, code, message) => {
    const rows = plan(finding, dataset)
    expect(rows).toMatchObject([{ id: 'a', face: null, crop: null, rejected: { code } }])
    expect(rows[0]!.rejected!.message).toContain(message)
  })

  test('filters that are off keep what they would leave out', () => {
    const filters = { cut_faces: 'keep', max_pose: 180 }
    expect(plan(found(turnedFace(0, -60)), { filters })[0]!.rejected).toBeNull()
    expect(plan(found(turnedFace(80, 300)), { filters })[0]!.rejected).toBeNull()
  })

  test('unsure faces neither count as several nor hide a sure one', () => {
    const unsure = { ...large, score: 0.3 }
    const filters = { min_confidence: 0.5 }
    const sure = makeFace(300, 150)
    expect(plan(found(unsure, sure), { filters })).toMatchObject([{ rejected: null, face: sure }])
    expect(plan(found(unsure, sure), { filters, faces: 'single' })).toMatchObject([{ face: sure }])
  })

  test('a row knows its pose, its caption and how long that is', () => {
    const tokenCounter = { count: (text: string) => text.length, limit: 77 }
    const config = { captions: { template: '{filename}: {pose}' } }
    const [row] = plan(found(turnedFace(40, 300)), config, picture, tokenCounter)
    expect(row).toMatchObject({ caption: 'a: head turned right', caption_tokens: 20 })
    expect(Math.abs(row!.pose![0] - 40)).toBeLessThan(8)
  })

  test('captions that are too long: kept, or left out', () => {
    const tokenCounter = { count: () => 90, limit: 77 }
    expect(plan(found(large), {}, picture, tokenCounter)).toMatchObject([
      { rejected: null, caption_tokens: 90 },
    ])
    const message = 'its caption has 90 tokens; the text encoder takes 77'
    expect(plan(found(large), { filters: { long_captions: 'reject' } }, picture, tokenCounter)).toMatchObject(
      [{ rejected: { code: 'long-caption', message } }],
    )
  })

  test('a caption that is dropped is empty, and no reason to leave the picture out', () => {
    const captions = { template: 'a portrait', drop: 1 }
    expect(plan(found(large), { captions })).toMatchObject([{ rejected: null, caption: '' }])
  })

  test('too small faces among others are left out alone, and names stay', () => {
    const rows = plan(found(makeFace(1, 40), large, makeFace(700, 100)), { faces: 'all' })
    expect(rows.map(({ id, rejected }) => [id, rejected])).toEqual([
      ['a', null],
      ['a#2', null],
    ])
  })
})

test('ids are paths without extension, as long as that tells them apart', () => {
  const sources = ['a.jpg', 'b.jpg', 'b.png', 'c/a.jpg', 'd', 'd.jpg', 'e#2.jpg', 'f.g.jpg']
  expect([...planIds(sources).values()]).toEqual([
    'a',
    'b.jpg',
    'b.png',
    'c/a',
    'd',
    'd.jpg',
    'e#2.jpg',
    'f.g',
  ])
})
