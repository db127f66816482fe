import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIKENESS_LIMITS, measureLikeness } from '../../../../src/dataset/duplicates/likeness.ts'
import { findAlike, isAlike, isLikeness } from '../../../../src/dataset/duplicates/likeness-pairs.ts'
import { createSeededRandom } from '../../../../src/generated-faces/seeded-random.ts'
import type { RgbPixels } from '../../../../src/raster/rgb-pixels.ts'
import { mirrorPixels } from '../../../../src/faces/sample-crop.ts'

/** Soft blotches that look the same at any size. */
function paint(seed: number, width: number, height: number, light = 0): RgbPixels {
  const random = createSeededRandom(seed)
  const waves = Array.from({ length: 12 }, () =>
    [1, 6, 6, 6].map((limit) => random.between(-limit, limit)),
  ) as [number, number, number, number][]
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [((at % width) + 0.5) / width, (Math.floor(at / width) + 0.5) / height]
    const value = waves.reduce(
      (sum, [size, u, v, shift]) => sum + size * Math.sin(6 * (u * x + v * y) + shift),
      0,
    )
    data.fill(Math.min(255, Math.max(0, 128 + 18 * value + light)), at * 3, at * 3 + 3)
  }
  return { data, width, height }
}
const measure = measureLikeness
const picture = paint(1, 300, 200)

describe('measureLikeness', () => {
  test.each<[string, RgbPixels]>([
    ['half the size', paint(1, 150, 100)],
    ['twice the size', paint(1, 600, 400)],
    ['an odd size', paint(1, 217, 149)],
    ['brighter', paint(1, 300, 200, 15)],
    ['darker', paint(1, 300, 200, -15)],
    ['a third of the size', paint(1, 100, 67)],
  ])('the same picture: %s', (_, other) => {
    expect(isAlike(measure(picture), measure(other))).toBe(true)
  })

  test.each<[string, RgbPixels]>([
    ['another picture', paint(2, 300, 200)],
    ['its mirror image', { ...picture, data: mirrorPixels(picture) }],
    ['its negative', { ...picture, data: picture.data.map((value) => 255 - value) }],
  ])('not the same: %s', (_, other) => {
    expect(isAlike(measure(picture), measure(other))).toBe(false)
  })

  test('flat pictures are told apart by their colour', () => {
    const flat = (...colour: number[]) =>
      measure({
        data: Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => colour[i % 3]!),
        width: 64,
        height: 64,
      })
    expect(isAlike(flat(200, 30, 30), flat(30, 30, 200))).toBe(false)
    expect(isAlike(flat(200, 30, 30), flat(205, 28, 33))).toBe(true)
  })

  test('any size gives 102 digits, the same each time', () => {
    const size = fc.integer({ min: 1, max: 90 })
    fc.assert(
      fc.property(size, size, fc.integer(), (width, height, seed) => {
        const pixels = paint(seed, width, height)
        expect(measureLikeness(pixels)).toMatch(/^[0-9a-f]{102}$/)
        expect(measureLikeness(pixels)).toBe(measureLikeness(pixels))
      }),
      { numRuns: 40 },
    )
  })
})

test('what is no likeness is known as such', () => {
  expect(['', '200x100', 'g'.repeat(102), 'a'.repeat(101)].some(isLikeness)).toBe(false)
})

describe('findAlike', () => {
  const random = createSeededRandom(3)
  const hex = (likeness: Buffer): string => likeness.toString('hex')
  const chance = () =>
    Buffer.from(
      Uint8Array.from({ length: 51 }, (_, byte) => (byte < 32 ? Math.floor(random.between(0, 256)) : 90)),
    )
  function flip(likeness: Buffer, bits: number): Buffer {
    const places = new Set<number>()
    while (places.size < bits) places.add(Math.floor(random.between(0, 256)))
    const out = Buffer.from(likeness)
    for (const place of places) out[place >> 3]! ^= 1 << (place & 7)
    return out
  }
  const find = (likenesses: Buffer[]) => {
    const pairs = new Set<string>()
    findAlike(likenesses.map(hex), (first, second) => pairs.add(`${first} ${second}`))
    return pairs
  }

  const { brightness: limit } = LIKENESS_LIMITS
  test.each([
    [0, 700, 700],
    [20, 700, 700],
    [limit, 685, 700],
    [limit + 1, 0, 0],
  ])('with %i different bits it finds %i to %i of 700 pairs', (bits, least, most) => {
    const ones = Array.from({ length: 700 }, chance)
    const pairs = find([...ones, ...ones.map((one) => flip(one, bits))])
    expect(pairs.size).toBeGreaterThanOrEqual(least)
    expect(pairs.size).toBeLessThanOrEqual(most)
    for (const pair of pairs) {
      const [first, second] = pair.split(' ').map(Number)
      expect(second! - first!).toBe(700)
    }
  })

  test('few are compared each with each', () => {
    const ones = Array.from({ length: 300 }, chance)
    expect(find([...ones, ...ones.map((one) => flip(one, limit))]).size).toBe(300)
  })

  test('in other colours it is another picture', () => {
    const one = chance()
    const other = Buffer.from(one)
    other.fill(0xff, 32, 33)
    expect(isAlike(hex(one), hex(other))).toBe(true)
    other.fill(0xff, 32, 36)
    expect(isAlike(hex(one), hex(other))).toBe(false)
  })

  test('without colours to tell them apart, pictures must be more alike', () => {
    const one = chance().fill(0, 32, 48)
    expect(isAlike(hex(one), hex(flip(one, LIKENESS_LIMITS.brightnessAlone)))).toBe(true)
    expect(isAlike(hex(one), hex(flip(one, LIKENESS_LIMITS.brightnessAlone + 1)))).toBe(false)
  })

  test('of a crowd that all look alike, each is still joined to the first', () => {
    const one = chance()
    const crowd = [one, ...Array.from({ length: 1500 }, () => flip(one, 3))]
    const joined = new Set<number>()
    findAlike(crowd.map(hex), (first, second) => first === 0 && joined.add(second))
    expect(joined.size).toBe(1500)
  })
})
