import { expect, test } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import { averageViews, viewLandmarks } from '../../../src/faces/landmark-views.ts'
import { reorderMirrored } from '../../../src/faces/mirror.ts'
import { eyeDistance, pictureToCrop } from '../../../src/faces/net-crop.ts'
import { readGoldenFace } from './golden-face.ts'

const face = readGoldenFace()
const crop = { centreX: 260, centreY: 250, side: 300, angle: 0.2 }

/** What a perfect net would answer. */
function answer(mirrored: boolean): Float32Array {
  const inside = face.map((point) => pictureToCrop(crop, point))
  const seen = mirrored ? reorderMirrored(inside).map(([u, v]): Point => [1 - u, v]) : inside
  return Float32Array.from(seen.flat())
}

test.each([false, true])('a view leads back to the picture (mirrored: %s)', (mirrored) => {
  const found = viewLandmarks({ crop, mirrored, output: answer(mirrored) })
  for (const [index, [x, y]] of found.entries()) {
    expect(Math.hypot(x - face[index]![0], y - face[index]![1])).toBeLessThan(1e-3)
  }
})

test('views that agree have no spread', () => {
  const { landmarks, spread } = averageViews([face, face])
  expect(spread).toBe(0)
  expect(landmarks).toEqual(face)
})

test('the spread is the mean deviation in eye distances', () => {
  const shifted = face.map(([x, y]): Point => [x + 6, y])
  const { landmarks, spread } = averageViews([face, shifted])
  // 3 px of standard deviation in x, none in y
  expect(spread).toBeCloseTo(1.5 / eyeDistance(face), 9)
  expect(landmarks[30]![0]).toBeCloseTo(face[30]![0] + 3, 9)
})
