import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import { MIRROR_ORDER, mirrorLandmarks } from '../../../src/faces/mirror.ts'

test.each([
  ['the ends of the jaw', 0, 16],
  ['the chin, which stays', 8, 8],
  ['the outer ends of the brows', 17, 26],
  ['the inner ends of the brows', 21, 22],
  ['the tip of the nose, which stays', 30, 30],
  ['the nostrils', 31, 35],
  ['the outer corners of the eyes', 36, 45],
  ['the inner corners of the eyes', 39, 42],
  ['the upper lids', 37, 44],
  ['the lower lids', 41, 46],
  ['the corners of the mouth', 48, 54],
  ['the lower lip', 55, 59],
  ['the inner corners of the mouth', 60, 64],
  ['the inner lower lip', 65, 67],
])('%s change places', (_, left, right) => {
  expect(MIRROR_ORDER[left]).toBe(right)
  expect(MIRROR_ORDER[right]).toBe(left)
})

const coordinate = fc.double({ min: -100, max: 600, noNaN: true })
const landmarks = fc.array(fc.tuple(coordinate, coordinate), { minLength: 68, maxLength: 68 })

test('mirroring twice changes nothing', () => {
  fc.assert(
    fc.property(landmarks, fc.integer({ min: 1, max: 4000 }), (points, width) => {
      const twice = mirrorLandmarks(mirrorLandmarks(points, width), width)
      for (const [index, [x, y]] of twice.entries()) {
        expect(x).toBeCloseTo(points[index]![0], 9)
        expect(y).toBe(points[index]![1])
      }
    }),
  )
})

test('the first pixel becomes the last', () => {
  const points = Array.from({ length: 68 }, (): Point => [0, 7])
  expect(mirrorLandmarks(points, 512)[0]).toEqual([511, 7])
})

test('anything but 68 points is refused', () => {
  expect(() => mirrorLandmarks([[1, 2]], 512)).toThrow('expected 68 landmarks, got 1')
})
