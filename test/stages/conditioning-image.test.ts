import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { Point } from '../../src/dataset/face.ts'
import { drawConditioningImage } from '../../src/tools/conditioning-image.ts'
import { encodePng } from '../../src/tools/png.ts'

const fixtures = fileURLToPath(new URL('../fixtures/spiga-seg/', import.meta.url))
const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))

describe('against matplotlib', () => {
  test('there are golden drawings', () => expect(names.length).toBeGreaterThanOrEqual(4))

  test.each(names)('%s: mean absolute error below 0.1 of 255', async (name) => {
    const { faces, width, height } = JSON.parse(readFileSync(`${fixtures}${name}.json`, 'utf8'))
    const ours = await pixels(await drawConditioningImage(faces, { width, height }))
    const golden = await pixels(readFileSync(`${fixtures}${name}.png`))
    expect(ours.length).toBe(width * height * 3)
    expect(meanDifference(ours, golden)).toBeLessThan(0.1)
    // A shift of half a pixel, the usual mistake, is 0.2 and more: the bar above tells the two apart.
    const shifted = faces.map((face: Point[]) => face.map(([x, y]): Point => [x - 0.5, y - 0.5]))
    const wrong = await pixels(await drawConditioningImage(shifted, { width, height }))
    expect(meanDifference(wrong, golden)).toBeGreaterThan(2 * meanDifference(ours, golden))
  })
})

describe('the drawing', () => {
  const golden: { faces: Point[][] } = JSON.parse(readFileSync(`${fixtures}upright.json`, 'utf8'))
  const upright = golden.faces[0]!

  /**
   * Mirrored coordinates are the same numbers, but the rasteriser walks edges from left to right and rounds coverage
   * on the way, so that single channel values differ a little. 24 of 255 is a tenth of a pixel's coverage; a line
   * out of place by a quarter of a pixel gives 64.
   */
  test('mirroring the face mirrors the mask', async () => {
    const size = 96
    const shaken = fc.record({
      scale: fc.double({ min: 0.08, max: 0.22, noNaN: true }),
      turn: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      x: fc.double({ min: 30, max: 66, noNaN: true }),
      y: fc.double({ min: 30, max: 66, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(shaken, async ({ scale, turn, x, y }) => {
        const face = upright.map(([u, v]): Point => {
          const [a, b] = [(u - 256) * scale, (v - 256) * scale]
          return [x + a * Math.cos(turn) - b * Math.sin(turn), y + a * Math.sin(turn) + b * Math.cos(turn)]
        })
        const mirroredFace = FLIP.map((i): Point => [size - 1 - face[i]![0], face[i]![1]])
        const options = { width: size, height: size, strokeWidth: 2 }
        const mask = mirrored(await pixels(await drawConditioningImage([face], options)), size)
        const ofMirrored = await pixels(await drawConditioningImage([mirroredFace], options))
        expect(largestDifference(mask, ofMirrored)).toBeLessThanOrEqual(24)
      }),
      { numRuns: 60 },
    )
  })

  test('the colours in the middle of each area are exact', async () => {
    const rgb = await pixels(await drawConditioningImage([upright], { width: 512, height: 512 }))
    expect(at(rgb, centre(upright.slice(36, 42)))).toEqual([255, 0, 255])
    expect(at(rgb, centre(upright.slice(60, 68)))).toEqual([0, 0, 255])
    expect(at(rgb, upright[8]!)).toEqual([0, 255, 0])
    expect(at(rgb, upright[19]!)).toEqual([255, 255, 0])
    expect(at(rgb, upright[28]!)).toEqual([255, 165, 0])
    expect(at(rgb, [2, 2])).toEqual([0, 0, 0])
  })

  test('strokes grow with the short side', async () => {
    const large = upright.map(([x, y]): Point => [2 * x, 2 * y])
    const lit = async (face: Point[], width: number, height: number) =>
      (await pixels(await drawConditioningImage([face], { width, height }))).filter((value) => value > 127)
        .length
    const ratio = (await lit(large, 1024, 1100)) / (await lit(upright, 512, 550))
    expect(ratio).toBeGreaterThan(3.9)
    expect(ratio).toBeLessThan(4.1)
  })

  test('later faces cover earlier ones', async () => {
    const [chin, eye] = [upright[8]!, centre(upright.slice(36, 42))]
    const higher = upright.map(([x, y]): Point => [x + eye[0] - chin[0], y + eye[1] - chin[1]])
    const size = { width: 512, height: 512 }
    expect(at(await pixels(await drawConditioningImage([upright, higher], size)), eye)).toEqual([0, 255, 0])
    expect(at(await pixels(await drawConditioningImage([higher, upright], size)), eye)).toEqual([255, 0, 255])
  })

  test('a face half out of the picture is drawn as if the picture went on', async () => {
    const outside = upright.map(([x, y]): Point => [x - 250, y + 200])
    const inside = upright.map(([x, y]): Point => [x, y])
    const part = await pixels(
      await drawConditioningImage([outside], { width: 300, height: 512, strokeWidth: 4 }),
    )
    const whole = await drawConditioningImage([inside], { width: 600, height: 800, strokeWidth: 4 })
    const cut = await sharp(whole).extract({ left: 250, top: 0, width: 300, height: 312 }).raw().toBuffer()
    const kept = await sharp(part, { raw: { width: 300, height: 512, channels: 3 } })
      .extract({ left: 0, top: 200, width: 300, height: 312 })
      .raw()
      .toBuffer()
    expect(cut.some((value) => value > 0)).toBe(true)
    expect(largestDifference(cut, kept)).toBeLessThanOrEqual(2)
  })

  test('a face wholly out of the picture leaves it black', async () => {
    const outside = upright.map(([x, y]): Point => [x + 1000, y])
    const rgb = await pixels(await drawConditioningImage([outside], { width: 64, height: 64 }))
    expect(rgb.every((value) => value === 0)).toBe(true)
  })

  test('a picture without a face is black', async () => {
    const rgb = await pixels(await drawConditioningImage([], { width: 40, height: 30 }))
    expect(rgb.length).toBe(40 * 30 * 3)
    expect(rgb.every((value) => value === 0)).toBe(true)
  })
})

describe('the PNG writer', () => {
  test('gives back the same pixels and an ordinary RGB file', async () => {
    const rgb = Buffer.from(Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 37) % 256))
    const png = await encodePng(rgb, 7, 5)
    const { format, width, height, channels, depth, hasAlpha } = await sharp(png).metadata()
    expect({ format, width, height, channels, depth, hasAlpha }).toEqual({
      format: 'png',
      width: 7,
      height: 5,
      channels: 3,
      depth: 'uchar',
      hasAlpha: false,
    })
    expect(Buffer.compare(await pixels(png), rgb)).toBe(0)
  })

  test('refuses bytes that do not fill the picture', async () => {
    await expect(encodePng(new Uint8Array(10), 2, 2)).rejects.toThrow('expected 2 x 2 x 3 bytes, got 10')
  })
})

/** iBUG-68 mirrored: the point that stands at each place after a flip. */
const FLIP = [
  ...range(16, 0),
  ...range(26, 17),
  ...range(27, 30),
  ...range(35, 31),
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...range(54, 48),
  ...range(59, 55),
  ...range(64, 60),
  ...range(67, 65),
]

function range(from: number, to: number): number[] {
  const step = from < to ? 1 : -1
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => from + i * step)
}

async function pixels(image: Buffer): Promise<Buffer> {
  return sharp(image).removeAlpha().raw().toBuffer()
}

function meanDifference(a: Buffer, b: Buffer): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

function largestDifference(a: Buffer, b: Buffer): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}

function mirrored(rgb: Buffer, size: number): Buffer {
  const result = Buffer.alloc(rgb.length)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let c = 0; c < 3; c++) result[(y * size + size - 1 - x) * 3 + c] = rgb[(y * size + x) * 3 + c]!
    }
  }
  return result
}

function centre(points: readonly Point[]): Point {
  return [mean(points.map((p) => p[0])), mean(points.map((p) => p[1]))]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function at(rgb: Buffer, [x, y]: Point): number[] {
  const i = (Math.round(y) * 512 + Math.round(x)) * 3
  return [...rgb.subarray(i, i + 3)]
}
