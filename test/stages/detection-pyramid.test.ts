import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodePyramid, pickLevel, type Level } from '../../src/tools/faces/detection-pyramid.ts'
import { makeNoise } from './face-pictures.ts'

const SIDES = [896, 448, 224]

async function makePhoto(width: number, height: number): Promise<Buffer> {
  const wide = await makeNoise(512, 1).png().toBuffer()
  return sharp(wide).resize(width, height, { fit: 'fill' }).jpeg().toBuffer()
}

const sizeOf = ({ pixels: { width, height } }: Level) => [width, height]

test('a small picture is enlarged for the detector only, and is its own finest level', async () => {
  const pyramid = await decodePyramid(await makePhoto(500, 250), SIDES)
  expect(pyramid.source).toEqual({ width: 500, height: 250 })
  expect(pyramid.levels.map(sizeOf)).toEqual([
    [500, 250],
    [896, 448],
    [448, 224],
    [224, 128],
  ])
  expect(pyramid.levels.map(({ scaleX }) => scaleX)).toEqual([1, 1.792, 0.896, 0.448])
  expect(await pyramid.finest()).toBe(pyramid.levels[0])
  expect(await pickLevel(pyramid, 112 / 0.448)).toBe(pyramid.levels[3])
  expect(await pickLevel(pyramid, 112 / 0.896)).toBe(pyramid.levels[2])
  expect(await pickLevel(pyramid, 112)).toBe(pyramid.levels[0])
  expect(await pickLevel(pyramid, 20)).toBe(pyramid.levels[0])
})

test('a large picture is decoded to what the detector looks at, and once more for small faces', async () => {
  const bytes = await makePhoto(4000, 3000)
  const pyramid = await decodePyramid(bytes, SIDES)
  expect(pyramid.source).toEqual({ width: 4000, height: 3000 })
  expect(pyramid.levels.map(sizeOf)).toEqual([
    [896, 672],
    [896, 672],
    [448, 352],
    [224, 192],
  ])
  expect(pyramid.levels.map(({ scaleX }) => scaleX)).toEqual([0.224, 0.224, 0.112, 0.056])
  expect(sizeOf(await pickLevel(pyramid, 500))).toEqual([896, 672])
  const finest = await pickLevel(pyramid, 499)
  expect([sizeOf(finest), finest.scaleX, finest.scaleY, finest.padded]).toEqual([
    [1792, 1344],
    0.448,
    0.448,
    false,
  ])
  expect(await pyramid.finest()).toBe(finest)
})

test('of a picture between the two, the finest level is the picture itself', async () => {
  const pyramid = await decodePyramid(await makePhoto(600, 1200), SIDES)
  expect(sizeOf(pyramid.levels[0])).toEqual([448, 896])
  const finest = await pyramid.finest()
  expect([sizeOf(finest), finest.scaleX]).toEqual([[600, 1200], 1])
})

test('without sides there is the picture alone', async () => {
  expect((await decodePyramid(await makePhoto(64, 64), [])).levels.map(sizeOf)).toEqual([[64, 64]])
})
