import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { annotate, astronaut, list, photo, readDocument } from './annotate-folder.ts'
import { folder } from './case-folder.ts'

vi.setConfig({ testTimeout: 30_000 })

test.each([
  ['a missing path', () => ['none.jpg'], {}, { reason: 'preflight', message: 'There is no none.jpg.' }],
  ['a folder without pictures', () => [folder], {}, { reason: 'preflight', code: 'no-pictures' }],
  ['a kind that is ready-made', () => [astronaut], { kind: 'images' }, { reason: 'usage' }],
  [
    'an out that is a file',
    () => [astronaut],
    { out: join(astronaut, 'x') },
    { reason: 'preflight', code: 'not-writable' },
  ],
] as const)('%s', async (_, paths, options, expected) => {
  await expect(annotate([...paths()], options)).rejects.toMatchObject({ name: 'UserError', ...expected })
})

test('what cannot be read is told in its document; the others go on', async () => {
  await photo('good.jpg')
  await writeFile(join(folder, 'bad.jpg'), 'hello')
  await writeFile(join(folder, 'apple.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic')
  const { pictures } = await annotate([folder])
  expect(pictures.map(({ image, error }) => [image, error?.code])).toEqual([
    ['apple.heic', 'unsupported'],
    ['bad.jpg', 'unreadable'],
    ['good.jpg', undefined],
  ])
  expect(await readDocument(join(folder, 'bad.landmarks.json'))).toMatchObject({
    width: null,
    height: null,
    faces: [],
    error: { code: 'unreadable', message: 'not a picture' },
  })
})

test('a folder that cannot be written to', async () => {
  const locked = join(folder, 'locked')
  await mkdir(locked)
  await chmod(locked, 0o500)
  // root may write everywhere but there
  const out = process.getuid?.() === 0 ? '/sys/locked' : locked
  await expect(annotate([astronaut], { out })).rejects.toMatchObject({
    reason: 'preflight',
    code: 'not-writable',
  })
})

test('a folder in the place of a result: one clear error, and no half-written file', async () => {
  const file = await photo('me.jpg')
  await mkdir(join(folder, 'me.landmarks.json'))
  await expect(annotate([file])).rejects.toMatchObject({
    name: 'UserError',
    reason: 'dataset',
    code: 'not-a-file',
  })
  expect(await list()).toEqual(['me.conditioning.png', 'me.jpg'])
})

test('aborting ends it with the reason', async () => {
  const files = await Promise.all(Array.from({ length: 12 }, (_, index) => photo(`${index}.jpg`)))
  const controller = new AbortController()
  const reason = new Error('enough')
  const onPicture = (): void => controller.abort(reason)
  await expect(annotate(files, { signal: controller.signal, onPicture })).rejects.toBe(reason)
  expect((await list()).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
