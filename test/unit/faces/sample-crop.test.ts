import { expect, test } from 'vitest'
import { cropToPicture, type NetCrop } from '../../../src/faces/net-crop.ts'
import type { RgbPixels } from '../../../src/raster/rgb-pixels.ts'
import { mirrorPixels, sampleCrop } from '../../../src/faces/sample-crop.ts'

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

/** Bilinear in floating point, black outside, as the docstring says. */
function sampleSlowly({ data, width, height }: RgbPixels, crop: NetCrop, size: number): number[] {
  const at = (x: number, y: number, channel: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 3 + channel]!
  const samples = Math.ceil(crop.side / size)
  return Array.from({ length: size * size * 3 }, (_, place) => {
    const [channel, column, row] = [place % 3, Math.floor(place / 3) % size, Math.floor(place / 3 / size)]
    let sum = 0
    for (let v = 0; v < samples; v++) {
      for (let u = 0; u < samples; u++) {
        const across = (column + (u + 0.5) / samples) / size
        const down = (row + (v + 0.5) / samples) / size
        const [edgeX, edgeY] = cropToPicture(crop, [across, down])
        const [x, y] = [edgeX - 0.5, edgeY - 0.5]
        const [left, top] = [Math.floor(x), Math.floor(y)]
        const [east, south] = [x - left, y - top]
        sum +=
          at(left, top, channel) * (1 - east) * (1 - south) +
          at(left + 1, top, channel) * east * (1 - south) +
          at(left, top + 1, channel) * (1 - east) * south +
          at(left + 1, top + 1, channel) * east * south
      }
    }
    return sum / samples ** 2
  })
}

test.each([
  ['between pixels', { centreX: 31.37, centreY: 30.81, side: 16, angle: 0 }],
  ['turned', { centreX: 31.37, centreY: 30.81, side: 14.3, angle: 0.3 }],
  ['reduced', { centreX: 33.21, centreY: 30.4, side: 43.2, angle: -0.2 }],
  ['enlarged', { centreX: 20.2, centreY: 41.7, side: 9.1, angle: 1.9 }],
  ['beyond the left and upper edge', { centreX: 2.3, centreY: 3.6, side: 20.7, angle: 0.1 }],
  ['beyond the right and lower edge', { centreX: 61.4, centreY: 62.2, side: 20.7, angle: 0.1 }],
])('%s: within a level of bilinear sampling in floating point', (_, crop) => {
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => ((at % 97) * (at % 89)) % 251)
  const pixels = { data, width: SIDE, height: SIDE }
  const slow = sampleSlowly(pixels, crop, 16)
  const fast = sampleCrop(pixels, crop, 16)
  const apart = slow.map((value, at) => Math.abs(value - fast[at]!))
  expect(Math.max(...slow)).toBeGreaterThan(150)
  expect(Math.max(...apart)).toBeLessThanOrEqual(1.5)
  expect(apart.reduce((sum, each) => sum + each, 0) / apart.length).toBeLessThan(0.5)
})
