import { expect, test } from 'vitest'
import { toSrgbPixels } from '../../../../src/formats/pictures/lab-pixels.ts'
import { labelAsRgb, planTiffColours } from '../../../../src/formats/pictures/tiff-colours.ts'
import { parseTiffTags } from '../../../../src/formats/pictures/tiff-tags.ts'

type Tag = readonly [tag: number, ...values: number[]]

/** A classic little-endian TIFF of short numbers and nothing else. */
function makeHeader(tags: readonly Tag[]): Uint8Array {
  const bytes = Buffer.alloc(8 + 2 + tags.length * 12 + 4 + tags.length * 64)
  bytes.write('II*\0\x08\0\0\0', 'latin1')
  bytes.writeUInt16LE(tags.length, 8)
  for (const [index, [tag, ...values]] of tags.entries()) {
    const at = 10 + index * 12
    const outside = 14 + tags.length * 12 + index * 64
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(3, at + 2)
    bytes.writeUInt32LE(values.length, at + 4)
    if (values.length > 2) bytes.writeUInt32LE(outside, at + 8)
    for (const [i, value] of values.entries())
      bytes.writeUInt16LE(value, (values.length > 2 ? outside : at + 8) + i * 2)
  }
  return bytes
}

const [BITS, COMPRESSION, KIND, SAMPLES] = [258, 259, 262, 277]

test.each<[string, Tag[], object]>([
  ['grey', [[KIND, 1]], { encoding: null, hasOthers: false }],
  ['RGB', [[KIND, 2]], { encoding: null, hasOthers: false }],
  [
    'RGB and transparency',
    [
      [KIND, 2],
      [338, 2],
    ],
    { encoding: null, hasOthers: false },
  ],
  [
    'RGB and a mask',
    [
      [KIND, 2],
      [338, 0],
    ],
    { encoding: null, hasOthers: true },
  ],
  [
    'CMYK',
    [
      [KIND, 5],
      [SAMPLES, 4],
    ],
    { encoding: null, hasOthers: false },
  ],
  [
    'Lab',
    [
      [BITS, 8, 8, 8],
      [KIND, 8],
    ],
    { encoding: 'cielab', hasOthers: false },
  ],
  [
    'JPEG',
    [
      [BITS, 8, 8, 8],
      [COMPRESSION, 7],
      [KIND, 6],
    ],
    { encoding: null, hasOthers: false },
  ],
  [
    'YCbCr',
    [
      [BITS, 8, 8, 8],
      [COMPRESSION, 5],
      [KIND, 6],
      [530, 1, 1],
    ],
    { encoding: 'ycbcr', hasOthers: false },
  ],
  [
    'halved YCbCr',
    [
      [BITS, 8, 8, 8],
      [KIND, 6],
    ],
    { problem: expect.stringContaining('unusual kind') as string },
  ],
  [
    'TV levels',
    [
      [BITS, 8, 8, 8],
      [KIND, 6],
      [530, 1, 1],
      [532, 16, 235, 128, 240, 128, 240],
    ],
    { problem: expect.stringContaining('unusual kind') as string },
  ],
  [
    'two inks',
    [
      [KIND, 5],
      [SAMPLES, 2],
    ],
    { problem: 'its colours are inks of its own; expected CMYK' },
  ],
  [
    'a camera',
    [[KIND, 32803]],
    { problem: 'its colours are the raw data of a camera; expected grey, RGB, CMYK, Lab or YCbCr' },
  ],
  [
    'anything',
    [[KIND, 777]],
    { problem: 'its colours are photometric interpretation 777; expected grey, RGB, CMYK, Lab or YCbCr' },
  ],
  ['nothing', [[BITS, 8]], { encoding: null, hasOthers: false }],
])('%s', (_what, tags, plan) => {
  expect(planTiffColours(makeHeader(tags))).toEqual(plan)
})

test('labelled as RGB, nothing else is changed', () => {
  const lab = makeHeader([
    [BITS, 8, 8, 8],
    [KIND, 8],
  ])
  const labelled = labelAsRgb(lab)
  expect(parseTiffTags(labelled)!.read(KIND)).toEqual([2])
  expect(labelled.filter((value, i) => value !== lab[i])).toHaveLength(1)
  expect(parseTiffTags(lab)!.read(KIND)).toEqual([8])
})

test('cut anywhere, or with counts and places that lie, there is an answer', () => {
  const whole = makeHeader([
    [BITS, 8, 8, 8],
    [KIND, 6],
    [530, 2, 2],
  ])
  for (let length = 0; length < whole.length; length++) planTiffColours(whole.subarray(0, length))
  for (let at = 0; at < 60; at++) {
    const lying = Buffer.from(whole)
    lying.fill(0xff, at, at + 4)
    planTiffColours(lying)
  }
  const big = Buffer.alloc(64, 0xff)
  big.write('II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0', 'latin1')
  expect(parseTiffTags(big)).toBeNull()
})

test.each([
  ['cielab', [255, 0, 0], [255, 255, 255]],
  ['cielab', [0, 0, 0], [0, 0, 0]],
  ['cielab', [138, 81, 70], [255, 0, 0]],
  ['cielab', [75, 68, 256 - 112], [0, 0, 255]],
  ['icclab', [138, 128 + 81, 128 + 70], [255, 0, 0]],
  ['ycbcr', [76, 85, 255], [254, 0, 0]],
  ['ycbcr', [128, 128, 128], [128, 128, 128]],
] as const)('%s %j is %j', (encoding, samples, rgb) => {
  const found = toSrgbPixels({ data: new Uint8Array([...samples, 77]), channels: 4 }, encoding)
  expect(found[3]).toBe(77)
  rgb.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(4))
})
