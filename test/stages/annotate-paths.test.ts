import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { annotate, astronaut, coins, list, photo } from './annotate-folder.ts'
import { folder } from './case-folder.ts'

vi.setConfig({ testTimeout: 30_000 })

test('a link to a folder is followed, as in a source; one to nothing is left out', async () => {
  await photo('here/a.jpg')
  await photo('elsewhere/b.jpg')
  await symlink(join(folder, 'elsewhere'), join(folder, 'here/linked'))
  await symlink(join(folder, 'elsewhere'), join(folder, 'here/twice'))
  await symlink(join(folder, 'nowhere'), join(folder, 'here/nothing'))
  const { pictures } = await annotate([join(folder, 'here')], { out: join(folder, 'out') })
  expect(pictures.map(({ image }) => image)).toEqual(['a.jpg', 'b.jpg'])
  expect(await list(join(folder, 'out'))).toContain('linked/b.landmarks.json')
})

test('a folder is walked, and --out keeps its sub-folders', async () => {
  await photo('b.jpg')
  await photo('a/x.jpg')
  await photo('a/.hidden.jpg')
  await photo('a/none.jpg', coins)
  await writeFile(join(folder, 'a/notes.txt'), 'hello')
  await symlink(folder, join(folder, 'a/loop'))
  const out = join(folder, '..', `${folder.split('/').at(-1)}-out`)
  const told: string[] = []
  const { pictures } = await annotate([folder], {
    out,
    workers: 2,
    onPicture: ({ image }) => told.push(image),
  })
  const files = await list(out)
  await rm(out, { recursive: true })
  expect(pictures.map(({ image, faces }) => `${image} ${faces.length}`)).toEqual([
    'none.jpg 0',
    'x.jpg 1',
    'b.jpg 1',
  ])
  expect(told).toEqual(['none.jpg', 'x.jpg', 'b.jpg'])
  expect(files).toEqual([
    'a/none.landmarks.json',
    'a/x.conditioning.png',
    'a/x.landmarks.json',
    'b.conditioning.png',
    'b.landmarks.json',
  ])
})

test('a second run takes nothing of its own for a picture, and changes nothing', async () => {
  await photo('me.jpg')
  await annotate([folder])
  const before = await Promise.all((await list()).map((name) => readFile(join(folder, name))))
  const { pictures } = await annotate([
    join(folder, 'me.jpg'),
    ...(await list()).map((name) => join(folder, name)),
  ])
  expect(pictures.map(({ image }) => image)).toEqual(['me.jpg'])
  expect(await Promise.all((await list()).map((name) => readFile(join(folder, name))))).toEqual(before)
})

test('equal base names keep their extension', async () => {
  await photo('me.jpg')
  await sharp(astronaut).png().toFile(join(folder, 'me.png'))
  await annotate([folder])
  expect((await list()).filter((name) => name.endsWith('.json'))).toEqual([
    'me.jpg.landmarks.json',
    'me.png.landmarks.json',
  ])
})

test('two pictures that would share their files', async () => {
  const files = [await photo('a/me.jpg'), await photo('b/me.jpg')]
  await expect(annotate(files, { out: join(folder, 'out') })).rejects.toMatchObject({ code: 'same-names' })
})
