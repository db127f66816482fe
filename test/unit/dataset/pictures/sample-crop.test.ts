import { expect, test } from 'vitest'
import { mirrorPixels, sampleCrop } from '../../../../src/dataset/pictures/sample-crop.ts'

const SIDE = 64

/** Red grows to the right, green downwards, blue is even. */
function ramp() {
  const data = new Uint8Array(SIDE * SIDE * 3)
  for (let i = 0; i < SIDE * SIDE; i++) data.set([(i % SIDE) * 3, Math.floor(i / SIDE) * 3, 77], i * 3)
  return { data, width: SIDE, height: SIDE }
}

test('a crop of whole pixels is those pixels', () => {
  const crop = sampleCrop(ramp(), { centreX: 20, centreY: 30, side: 8, angle: 0 }, 8)
  expect([...crop.subarray(0, 6)]).toEqual([16 * 3, 26 * 3, 77, 17 * 3, 26 * 3, 77])
  expect([...crop.subarray(-3)]).toEqual([23 * 3, 33 * 3, 77])
})

test('a larger square is averaged, and its middle stays in place', () => {
  const crop = sampleCrop(ramp(), { centreX: 32, centreY: 32, side: 32, angle: 0 }, 8)
  // the first output pixel covers the pixels 16 to 19: 17.5 in the middle
  expect(Math.abs(crop[0]! - 17.5 * 3)).toBeLessThanOrEqual(1)
  expect(Math.abs(crop[1]! - 17.5 * 3)).toBeLessThanOrEqual(1)
})

test('a square turned by 90 degrees looks along the other axis', () => {
  const crop = sampleCrop(ramp(), { centreX: 32, centreY: 32, side: 8, angle: Math.PI / 2 }, 8)
  const [red, green] = [crop[0]!, crop[1]!]
  const [nextRed, nextGreen] = [crop[3]!, crop[4]!]
  expect([nextRed - red, nextGreen - green]).toEqual([0, 3])
})

test('outside the picture is black', () => {
  const crop = sampleCrop(ramp(), { centreX: 0, centreY: 32, side: 8, angle: 0 }, 8)
  expect([...crop.subarray(0, 12)]).toEqual(Array(12).fill(0))
  expect(crop[4 * 3 + 2]).toBe(77)
})

test('mirrored pixels', () => {
  const data = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect([...mirrorPixels({ data, width: 2, height: 2 })]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9])
})
