import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { Point } from '../../src/faces/face.ts'
import { drawConditioningImage, encodeConditioningImage } from '../../src/tools/images/conditioning-image.ts'
import { encodePng } from '../../src/tools/images/png.ts'

const fixtures = fileURLToPath(new URL('../fixtures/spiga-seg/', import.meta.url))
const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))

describe('against matplotlib', () => {
  test('there are golden drawings', () => expect(names.length).toBeGreaterThanOrEqual(4))

  test.each(names)('%s: mean absolute error below 0.02 of 255', async (name) => {
    const { faces, width, height } = JSON.parse(readFileSync(`${fixtures}${name}.json`, 'utf8'))
    const ours = await pixels(await drawConditioningImage(faces, { width, height }))
    const golden = await pixels(readFileSync(`${fixtures}${name}.png`))
    expect(ours.length).toBe(width * height * 3)
    expect(meanDifference(ours, golden)).toBeLessThan(0.02)
    // A shift of half a pixel is the usual mistake.
    const shifted = faces.map((face: Point[]) => face.map(([x, y]): Point => [x - 0.5, y - 0.5]))
    const wrong = await pixels(await drawConditioningImage(shifted, { width, height }))
    expect(meanDifference(wrong, golden)).toBeGreaterThan(10 * meanDifference(ours, golden))
  })
})

test('a picture without a face is black', async () => {
  const rgb = await pixels(await drawConditioningImage([], { width: 40, height: 30 }))
  expect(rgb.length).toBe(40 * 30 * 3)
  expect(rgb.every((value) => value === 0)).toBe(true)
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

  test('gives the same file on this thread and on another', async () => {
    const rgb = Buffer.from(Array.from({ length: 70 * 50 * 3 }, (_, i) => (i * i) % 251))
    expect(encodeConditioningImage(rgb, 70, 50).equals(await encodePng(rgb, 70, 50))).toBe(true)
    expect(() => encodeConditioningImage(rgb, 70, 51)).toThrow('expected 70 x 51 x 3 bytes, got 10500')
  })

  test('refuses bytes that do not fill the picture', async () => {
    await expect(encodePng(new Uint8Array(10), 2, 2)).rejects.toThrow('expected 2 x 2 x 3 bytes, got 10')
  })
})

async function pixels(image: Buffer): Promise<Buffer> {
  return sharp(image).removeAlpha().raw().toBuffer()
}

function meanDifference(a: Buffer, b: Buffer): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}
