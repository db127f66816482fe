import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { faceToCrop, fromCrop, planCrop, toCrop, type CropRule } from '../../../src/raster/crop.ts'

const box = [400, 300, 100, 80] as const

describe('planCrop', () => {
  test.each<[rule: CropRule, width: number, height: number, crop: [number, number, number]]>([
    ['center', 640, 480, [80, 0, 480]],
    ['center', 480, 641, [0, 80, 480]],
    ['center', 512, 512, [0, 0, 512]],
    ['pad', 640, 480, [0, -80, 640]],
    ['pad', 479, 640, [-80, 0, 640]],
    ['face', 1000, 1000, [351, 226, 200]],
    // Shifted to stay inside.
    ['face', 480, 1000, [280, 226, 200]],
    ['face', 1000, 380, [351, 180, 200]],
    // No room for twice the face: the shorter side.
    ['face', 1000, 150, [376, 0, 150]],
  ])('%s in %i x %i', (crop, width, height, [x, y, side]) => {
    expect(planCrop({ width, height, crop, box })).toEqual({ x, y, side })
  })

  test('without a face, the middle', () => {
    expect(planCrop({ width: 640, height: 480, crop: 'face' })).toEqual({ x: 80, y: 0, side: 480 })
  })

  const size = fc.integer({ min: 1, max: 5000 })
  const place = fc.double({ min: -500, max: 5500, noNaN: true })
  const extent = fc.double({ min: 0, max: 6000, noNaN: true })

  test('a face crop is a square of whole pixels inside the picture', () => {
    fc.assert(
      fc.property(size, size, fc.tuple(place, place, extent, extent), (width, height, box) => {
        const { x, y, side } = planCrop({ width, height, crop: 'face', box })
        expect([x, y, side].every(Number.isInteger)).toBe(true)
        expect(x >= 0 && y >= 0 && side >= 1 && x + side <= width && y + side <= height).toBe(true)
      }),
    )
  })

  test('a face that lies in the picture lies in its crop, when there is room for it', () => {
    const face = fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 800 }))
    fc.assert(
      fc.property(face, fc.integer({ min: 8, max: 199 }), ([left, top], wide) => {
        const crop = planCrop({ width: 1000, height: 1000, crop: 'face', box: [left, top, wide, wide * 0.8] })
        const { box } = faceToCrop({ box: [left, top, wide, wide * 0.8], score: 1, landmarks: [] }, crop, 512)
        expect(Math.min(box[0], box[1])).toBeGreaterThan(-1)
        expect(Math.max(box[0] + box[2], box[1] + box[3])).toBeLessThan(512)
      }),
    )
  })
})

describe('toCrop', () => {
  test('keeps the middle of pixels: the corner pixels of the crop become those of the result', () => {
    const crop = { x: 10, y: 20, side: 100 }
    expect(toCrop([10, 20], crop, 100)).toEqual([0, 0])
    expect(toCrop([109, 119], crop, 100)).toEqual([99, 99])
    // The corner between four pixels stays a corner between pixels at any size.
    expect(toCrop([59.5, 69.5], crop, 512)).toEqual([255.5, 255.5])
  })

  test('fromCrop undoes it within 1e-6 px', () => {
    const coordinate = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    const crop = fc.record({
      x: fc.integer({ min: -5000, max: 5000 }),
      y: fc.integer({ min: -5000, max: 5000 }),
      side: fc.integer({ min: 1, max: 10_000 }),
    })
    const resolution = fc.integer({ min: 8, max: 256 }).map((eighths) => eighths * 8)
    fc.assert(
      fc.property(fc.tuple(coordinate, coordinate), crop, resolution, (point, square, side) => {
        const [x, y] = fromCrop(toCrop(point, square, side), square, side)
        expect(Math.abs(x - point[0])).toBeLessThan(1e-6)
        expect(Math.abs(y - point[1])).toBeLessThan(1e-6)
      }),
    )
  })
})
