import { expect, it } from 'vitest'
import { FACE_PARTS, interOcular, landmarkError, partError } from '../../../src/evaluation/landmark-error.ts'
import { meanOf } from '../../../src/evaluation/statistics.ts'
import { matchFaces } from '../../../src/evaluation/match-faces.ts'
import type { Point } from '../../../src/faces/face.ts'
import { MEAN_FACE } from '../../../src/faces/mean-face.ts'

const FACE: readonly Point[] = MEAN_FACE.map(([x, y]) => [x * 100, y * 100])
const move = (face: readonly Point[], [dx, dy]: Point): Point[] => face.map(([x, y]) => [x + dx, y + dy])

it.each([
  ['the same points', [0, 0], 0],
  ['all 3 right and 4 down: 5 pixels', [3, 4], 5],
  ['all 10 left', [-10, 0], 10],
] as const)('%s', (_, by, pixels) => {
  const error = landmarkError(FACE, move(FACE, by))
  expect(error).toBeCloseTo(pixels / interOcular(FACE), 12)
  for (const part of FACE_PARTS) expect(partError(FACE, move(FACE, by), part)).toBeCloseTo(error, 12)
})

it('divides by the distance of the outer corners of the eyes, of the true face', () => {
  const truth = FACE.map((point, index): Point => (index === 36 ? [0, 0] : index === 45 ? [30, 40] : point))
  expect(interOcular(truth)).toBe(50)
  const twice = truth.map((point, index): Point => (index === 45 ? [60, 80] : point))
  // One of 68 points is 50 pixels off: 50 / 68 / 50.
  expect(landmarkError(truth, twice)).toBeCloseTo(1 / 68, 12)
})

it.each([
  ['jaw', 0, 17],
  ['brows', 17, 10],
  ['nose', 27, 9],
  ['eyes', 37, 12],
  ['mouth', 48, 20],
] as const)('a point of the %s counts for that part alone', (part, index, points) => {
  const found = FACE.map((point, at): Point =>
    at === index ? [point[0] + interOcular(FACE), point[1]] : point,
  )
  const errors = Object.fromEntries(FACE_PARTS.map((name) => [name, partError(FACE, found, name)]))
  expect(errors[part]).toBeCloseTo(1 / points, 10)
  expect(Object.values(errors).filter((error) => error > 0)).toHaveLength(1)
})

/** SPIGA on 300W: 554 common faces at 2.587 %, 135 challenging ones at 4.662 %, 2.99369 % over all 689. */
it('weighs faces alike, as 300W does', () => {
  const errors = [...Array<number>(554).fill(0.02587), ...Array<number>(135).fill(0.04662)]
  expect(meanOf(errors)).toBeCloseTo(0.0299369, 5)
})

/** The same predictions are published with 2.99 % by outer corners and 4.20 % by pupils: the ratio is that of a face's distances. */
it('is the inter-ocular error, not the inter-pupil one', () => {
  const centre = (from: number, to: number, axis: 0 | 1) =>
    FACE.slice(from, to).reduce((sum, point) => sum + point[axis], 0) / (to - from)
  const pupils = Math.hypot(centre(42, 48, 0) - centre(36, 42, 0), centre(42, 48, 1) - centre(36, 42, 1))
  expect(interOcular(FACE) / pupils).toBeCloseTo(4.2 / 2.99, 1)
})

it.each([
  ['one each', [[0, 0]], [[2, 0]], [0]],
  [
    'the one that overlaps, not the first',
    [[0, 0]],
    [
      [900, 0],
      [5, 5],
    ],
    [1],
  ],
  [
    'two in other order',
    [
      [0, 0],
      [500, 0],
    ],
    [
      [498, 0],
      [3, 0],
    ],
    [1, 0],
  ],
  [
    'one of two is missing',
    [
      [0, 0],
      [500, 0],
    ],
    [[498, 0]],
    [null, 0],
  ],
  ['a face in the wrong place is an error, no absence', [[0, 0]], [[900, 900]], [0]],
  ['none found', [[0, 0]], [], [null]],
] as const)('matches %s', (_, truths, found, expected) => {
  const faces = found.map((by) => move(FACE, by as unknown as Point))
  const matches = matchFaces(
    truths.map((by) => move(FACE, by)),
    faces,
  )
  expect(matches.map((face) => (face === null ? null : faces.indexOf(face as Point[])))).toEqual(expected)
})
