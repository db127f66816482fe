import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { canny } from '../../src/conditions/canny.ts'
import { annotate, astronaut, coins, list, photo } from './annotate-folder.ts'
import { folder } from './case-folder.ts'

vi.setConfig({ testTimeout: 30_000 })

test('canny needs no face, and writes the drawing alone', async () => {
  const files = [await photo('me.jpg'), await photo('coins.jpg', coins)]
  const { pictures } = await annotate(files, { kind: 'canny', workers: 2 })
  expect(await list()).toEqual(['coins.conditioning.png', 'coins.jpg', 'me.conditioning.png', 'me.jpg'])
  expect(pictures.map(({ image, width, height }) => [image, width, height])).toEqual([
    ['me.jpg', 512, 512],
    ['coins.jpg', 384, 303],
  ])
  expect(pictures[0]).toEqual({
    v: 1,
    kind: 'canny',
    image: 'me.jpg',
    width: 512,
    height: 512,
    annotator: null,
    faces: [],
    file: files[0],
    conditioning: join(folder, 'me.conditioning.png'),
    landmarks_file: null,
  })
  const picture = await sharp(astronaut).raw().toBuffer()
  const expected = canny.render({ width: 512, height: 512, picture, faces: [], style: 'spiga-seg' })
  const { data, info } = await sharp(join(folder, 'me.conditioning.png'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(3)
  expect(data.equals(expected)).toBe(true)
})

test('with a size: a condition of the middle of the picture', async () => {
  const file = await photo('coins.jpg', coins)
  const { pictures } = await annotate([file], { kind: 'color-palette', size: 128 })
  expect(pictures[0]).toMatchObject({ width: 384, height: 303, crop: [40, 0, 303] })
  const { data, info } = await sharp(join(folder, 'coins.conditioning.png'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([128, 128])
  const cells = new Set(Array.from({ length: 128 * 128 }, (_, p) => data.subarray(p * 3, p * 3 + 3).join()))
  expect(cells.size).toBe(4)
})

test('a picture that cannot be read has no condition, not even that of an earlier run', async () => {
  const file = await photo('me.jpg')
  await annotate([file], { kind: 'canny' })
  await writeFile(file, 'hello')
  const { pictures } = await annotate([file, await photo('good.jpg')], { kind: 'canny' })
  expect(pictures.map(({ image, error }) => [image, error?.code])).toEqual([
    ['me.jpg', 'unreadable'],
    ['good.jpg', undefined],
  ])
  expect(await list()).toEqual(['good.conditioning.png', 'good.jpg', 'me.jpg'])
})
