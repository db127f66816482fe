import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  decodeSpigaOutput,
  planSpigaCrop,
  sampleSpigaInput,
  SPIGA_SIDE,
} from '../../../../src/annotators/spiga/spiga-crop.ts'

interface Recorded {
  readonly width: number
  readonly height: number
  readonly crops: {
    box: [number, number, number, number]
    sha256: string
    samples: [number, number, number, number, number][]
  }[]
}

/** By scripts/make-spiga-crops.py: what Pillow cuts, as SPIGA's own code does. */
const recorded = JSON.parse(
  readFileSync(new URL('../../../fixtures/spiga/crops.json', import.meta.url), 'utf8'),
) as Recorded

const boxOf = ([x, y, width, height]: [number, number, number, number]) => ({ x, y, width, height })

function makePicture({ width, height }: Recorded) {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set([(7 * x + 3 * y) % 256, (x * y) % 256, (11 * x + 29 * y + 50) % 256], (y * width + x) * 3)
    }
  }
  return { data, width, height }
}

/** Planes of blue, green and red back to RGB bytes. */
function toRgb(input: Float32Array): Uint8Array {
  const plane = SPIGA_SIDE * SPIGA_SIDE
  const rgb = new Uint8Array(input.length)
  for (let i = 0; i < plane; i++)
    for (let channel = 0; channel < 3; channel++)
      rgb[i * 3 + channel] = Math.round(input[(2 - channel) * plane + i]! * 255)
  return rgb
}

test.each(recorded.crops)('cuts what Pillow cuts: $box', ({ box, sha256, samples }) => {
  expect(recorded.crops.length).toBe(7)
  const input = sampleSpigaInput(makePicture(recorded), planSpigaCrop(boxOf(box)))
  const rgb = toRgb(input)
  for (const [u, v, ...colour] of samples)
    expect([...rgb.subarray((v * SPIGA_SIDE + u) * 3, (v * SPIGA_SIDE + u) * 3 + 3)]).toEqual(colour)
  expect(createHash('sha256').update(rgb).digest('hex')).toBe(sha256)
})

test('the numbers are the bytes over 255, without mean or deviation', () => {
  const input = sampleSpigaInput(
    { data: new Uint8Array([255, 51, 0]), width: 1, height: 1 },
    { x: 0, y: 0, side: 1 },
  )
  const plane = SPIGA_SIDE * SPIGA_SIDE
  expect([input[0], input[plane], input[2 * plane]]).toEqual([0, Math.fround(0.2), 1])
})

test.each([
  [
    { x: 0, y: 0, width: 10, height: 10 },
    { x: -3, y: -3, side: 16 },
  ],
  [
    { x: 100, y: 50, width: 20, height: 40 },
    { x: 78, y: 38, side: 64 },
  ],
])('the square of %j', (box, crop) => {
  expect(planSpigaCrop(box)).toEqual(crop)
})

test('fractions of the square become pixels of the picture', () => {
  const output = new Float32Array(136).fill(0.5)
  output.set([0, 0, 1, 1, 0.25, 0.75])
  const points = decodeSpigaOutput(output, { x: 10, y: -20, side: 64 })
  expect(points).toHaveLength(68)
  expect(points.slice(0, 4)).toEqual([
    [10, -20],
    [74, 44],
    [26, 28],
    [42, 12],
  ])
})
