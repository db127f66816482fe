import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { faceToCrop } from '../../src/raster/crop.ts'
import { drawConditioningImage } from '../../src/tools/images/conditioning-image.ts'
import { annotate, coins, largestDifference, list, photo, readDocument } from './annotate-folder.ts'
import { folder } from './case-folder.ts'

vi.setConfig({ testTimeout: 30_000 })

test('a photo gets its landmarks and its conditioning image beside it', async () => {
  const file = await photo('me.jpg')
  const { pictures } = await annotate([file])
  expect(await list()).toEqual(['me.conditioning.png', 'me.jpg', 'me.landmarks.json'])
  const document = await readDocument(join(folder, 'me.landmarks.json'))
  expect(Object.keys(document)).toEqual(['v', 'image', 'width', 'height', 'annotator', 'faces'])
  expect(document).toMatchObject({ v: 1, image: 'me.jpg', width: 512, height: 512 })
  expect(document.annotator).toMatchObject({ name: 'embedded', quality: 'fast' })
  expect(document.faces).toHaveLength(1)
  expect(document.faces[0]!.landmarks).toHaveLength(68)
  expect(pictures).toEqual([
    {
      ...document,
      kind: 'face-landmarks',
      file,
      conditioning: join(folder, 'me.conditioning.png'),
      landmarks_file: join(folder, 'me.landmarks.json'),
    },
  ])
  const drawn = await drawConditioningImage([document.faces[0]!.landmarks], { width: 512, height: 512 })
  expect(await largestDifference(await readFile(join(folder, 'me.conditioning.png')), drawn)).toBe(0)
})

test('a photo without a face has no conditioning image, not even that of an earlier run', async () => {
  const file = await photo('me.jpg')
  await annotate([file])
  await copyFile(coins, file)
  const { pictures } = await annotate([file])
  expect(pictures[0]).toMatchObject({ faces: [], conditioning: null })
  expect(pictures[0]).not.toHaveProperty('error')
  expect(await list()).toEqual(['me.jpg', 'me.landmarks.json'])
})

test('with a size: the training crop of the largest face, and where it lies', async () => {
  const file = await photo('me.jpg')
  await annotate([file], { size: 256 })
  const document = await readDocument(join(folder, 'me.landmarks.json'))
  const [x, y, side] = document.crop!
  const { landmarks } = faceToCrop(document.faces[0]!, { x, y, side }, 256)
  for (const [left, top] of landmarks) expect(Math.min(left, top, 256 - left, 256 - top)).toBeGreaterThan(0)
  const png = await readFile(join(folder, 'me.conditioning.png'))
  expect(await sharp(png).metadata()).toMatchObject({ width: 256, height: 256 })
  expect(
    await largestDifference(png, await drawConditioningImage([landmarks], { width: 256, height: 256 })),
  ).toBe(0)
})

test.each(['points', 'wireframe'] as const)('the style %s', async (style) => {
  const file = await photo('me.jpg')
  const { pictures } = await annotate([file], { style })
  const faces = pictures[0]!.faces.map(({ landmarks }) => landmarks)
  const drawn = await drawConditioningImage(faces, { width: 512, height: 512, style })
  expect((await readFile(join(folder, 'me.conditioning.png'))).equals(drawn)).toBe(true)
})

test('the overlay shows the photo with dots', async () => {
  const file = await photo('me.jpg')
  const { pictures } = await annotate([file], { overlay: true })
  const overlay = await sharp(join(folder, 'me.overlay.png')).raw().toBuffer()
  const [x, y] = pictures[0]!.faces[0]!.landmarks[30]!
  const start = (Math.round(y) * 512 + Math.round(x)) * 3
  expect(overlay[start + 1]! - overlay[start]!).toBeGreaterThan(100)
  expect((await annotate([folder])).pictures).toHaveLength(1)
  await copyFile(coins, file)
  await annotate([file], { overlay: true })
  expect(await list()).toEqual(['me.jpg', 'me.landmarks.json'])
})
