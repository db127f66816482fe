import sharp from 'sharp'
import { expect, test } from 'vitest'
import {
  decodePyramid,
  pickLevel,
  type Level,
  type Pyramid,
} from '../../src/annotators/embedded/detection-pyramid.ts'
import { makeNoise } from './face-pictures.ts'

const SIDES = [896, 448, 224]

async function makePhoto(width: number, height: number): Promise<Buffer> {
  const wide = await makeNoise(512, 1).png().toBuffer()
  return sharp(wide).resize(width, height, { fit: 'fill' }).jpeg().toBuffer()
}

const levelsOf = ({ base, forDetector }: Pyramid) => [base, ...forDetector]
const sizeOf = ({ pixels: { width, height } }: Level) => [width, height]

test('a small picture is enlarged for the detector only, and is its own finest level', async () => {
  const pyramid = await decodePyramid(await makePhoto(500, 250), SIDES)
  expect(pyramid.source).toEqual({ width: 500, height: 250 })
  expect(levelsOf(pyramid).map(sizeOf)).toEqual([
    [500, 250],
    [896, 448],
    [448, 224],
    [224, 128],
  ])
  expect(levelsOf(pyramid).map(({ scaleX }) => scaleX)).toEqual([1, 1.792, 0.896, 0.448])
  expect(await pyramid.finest()).toBe(pyramid.base)
  expect(await pickLevel(pyramid, 112 / 0.448)).toBe(pyramid.forDetector[2])
  expect(await pickLevel(pyramid, 112 / 0.896)).toBe(pyramid.forDetector[1])
  expect(await pickLevel(pyramid, 112)).toBe(pyramid.base)
  expect(await pickLevel(pyramid, 20)).toBe(pyramid.base)
})

test('a large picture is decoded to what the detector looks at, and once more for small faces', async () => {
  const bytes = await makePhoto(4000, 3000)
  const pyramid = await decodePyramid(bytes, SIDES)
  expect(pyramid.source).toEqual({ width: 4000, height: 3000 })
  expect(levelsOf(pyramid).map(sizeOf)).toEqual([
    [896, 672],
    [896, 672],
    [448, 352],
    [224, 192],
  ])
  expect(levelsOf(pyramid).map(({ scaleX }) => scaleX)).toEqual([0.224, 0.224, 0.112, 0.056])
  expect(sizeOf(await pickLevel(pyramid, 500))).toEqual([896, 672])
  const finest = await pickLevel(pyramid, 499)
  expect([sizeOf(finest), finest.scaleX, finest.scaleY]).toEqual([[1792, 1344], 0.448, 0.448])
  expect(await pyramid.finest()).toBe(finest)
})

test('of a picture between the two, the finest level is the picture itself', async () => {
  const pyramid = await decodePyramid(await makePhoto(600, 1200), SIDES)
  expect(sizeOf(pyramid.base)).toEqual([448, 896])
  const finest = await pyramid.finest()
  expect([sizeOf(finest), finest.scaleX]).toEqual([[600, 1200], 1])
})

test('without sides there is the picture alone', async () => {
  expect(levelsOf(await decodePyramid(await makePhoto(64, 64), [])).map(sizeOf)).toEqual([[64, 64]])
})

test('levels of half the size are means of two by two pixels, rounded; what is added around them is black', async () => {
  const [width, height] = [896, 528]
  const data = Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * at) % 251))
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  const [whole, half] = (await decodePyramid(png, [896, 448])).forDetector.map(({ pixels }) => pixels)
  expect([whole!.width, whole!.height, half!.width, half!.height]).toEqual([896, 544, 448, 288])
  expect(Buffer.from(whole!.data).subarray(0, data.length).equals(data)).toBe(true)
  expect(whole!.data.subarray(data.length).every((byte) => byte === 0)).toBe(true)
  const byte = (x: number, y: number, channel: number): number => data[(y * width + x) * 3 + channel]!
  for (let at = 0; at < 448 * 264 * 3; at++) {
    const [channel, x, y] = [at % 3, 2 * (Math.floor(at / 3) % 448), 2 * Math.floor(at / 3 / 448)]
    const four = [
      byte(x, y, channel),
      byte(x + 1, y, channel),
      byte(x, y + 1, channel),
      byte(x + 1, y + 1, channel),
    ]
    const mean = Math.round(four.reduce((sum, each) => sum + each, 0) / 4)
    if (half!.data[at] !== mean) expect([at, half!.data[at]]).toEqual([at, mean])
  }
  expect(half!.data.subarray(448 * 264 * 3).every((each) => each === 0)).toBe(true)
})
