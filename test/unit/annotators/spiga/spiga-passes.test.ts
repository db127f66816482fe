import { expect, test } from 'vitest'
import type { Point } from '../../../../src/faces/face.ts'
import {
  isUsable,
  scoreAgreement,
  spigaBox,
  toLevel,
  toFace,
} from '../../../../src/annotators/spiga/spiga-passes.ts'
import { readGoldenFace } from '../../faces/golden-face.ts'

const face = readGoldenFace()
const moved = (dx: number, dy: number): Point[] => face.map(([x, y]) => [x + dx, y + dy])
const eyes = Math.hypot(face[36]![0] - face[45]![0], face[36]![1] - face[45]![1])

test('the box is tight around the landmarks, but for five pixels', () => {
  expect(
    spigaBox([
      [10, 20],
      [40, 25],
      [30, 90],
    ]),
  ).toEqual({ x: 5, y: 15, width: 40, height: 80 })
})

test.each([
  ['the same landmarks', moved(0, 0), 1],
  ['a tenth of the eyes apart', moved(eyes / 10, 0), 0.9],
  ['as far apart as the eyes', moved(0, eyes), 0],
  ['further apart', moved(3 * eyes, eyes), 0],
  ['no numbers', moved(Number.NaN, 0), 0],
])('%s', (_what, first, score) => {
  expect(scoreAgreement(first, face)).toBeCloseTo(score, 9)
})

test('without eyes there is no score', () => {
  const dot = face.map((): Point => [5, 5])
  expect(scoreAgreement(dot, dot)).toBe(0)
})

test.each([
  [face, true],
  [moved(Number.NaN, 0), false],
  [moved(Infinity, 0), false],
  [face.map((): Point => [5, 5]), false],
])('usable: %#', (landmarks, usable) => {
  expect(isUsable(landmarks)).toBe(usable)
})

test('a reduced picture: to its pixels and back', () => {
  const scale = { scaleX: 0.4, scaleY: 0.5 }
  expect(toLevel([[2, 0.5]], scale)).toEqual([[0.5, 0]])
  const back = toFace(toLevel(face, scale), 0.8, scale)
  back.landmarks.forEach(([x, y], i) => {
    expect(x).toBeCloseTo(face[i]![0], 9)
    expect(y).toBeCloseTo(face[i]![1], 9)
  })
  expect(back.score).toBe(0.8)
  expect(back.box[0]).toBeCloseTo(Math.min(...face.map(([x]) => x)), 9)
})
