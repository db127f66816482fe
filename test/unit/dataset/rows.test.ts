import { describe, expect, test } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import type { Face } from '../../../src/dataset/face.ts'
import { planIds, type Picture } from '../../../src/dataset/pictures.ts'
import { planRows, type Finding } from '../../../src/dataset/rows.ts'

const picture: Picture = {
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
const large = makeFace(200, 200)
const small = makeFace(600, 80, 0.99)
const found = (...faces: Face[]): Finding => ({
  sha256: 'ab',
  width: 1000,
  height: 800,
  faces,
  likeness: '',
})

function plan(finding: Finding, dataset: Record<string, unknown> = {}, given = picture) {
  const config = configSchema.parse({
    version: 1,
    name: 'x',
    dataset: { source: { folder: 'x' }, ...dataset },
  })
  return planRows(given, finding, config.dataset)
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
  ])('%s is left out', (_, finding, dataset, code, message) => {
    const rows = plan(finding, dataset)
    expect(rows).toMatchObject([{ id: 'a', face: null, crop: null, rejected: { code } }])
    expect(rows[0]!.rejected!.message).toContain(message)
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
