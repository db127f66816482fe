/** The paths that a caption program gets, and the directory in which it starts. */
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPicturePaths } from '../../src/stages/annotate-images/picture-paths.ts'
import type { PictureSource } from '../../src/sources/picture-source.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { annotate, captionsOf, PROGRAM, useCaptionFolder } from './caption-folder.ts'
import { readAnnotations } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'
import { entriesOfFolder } from './zip-files.ts'

const own = useCaptionFolder()
const { open, run, readLog } = own

test('names in any script; one with a line break is copied under its content, and the copy is removed', async () => {
  const names = ['ça va', 'лицо', '顔 1', 'a"b\\c', 'two\nlines', '👩‍🎤']
  for (const [index, name] of names.entries()) {
    for (const end of ['.png', '_ldmks.txt'])
      await rename(join(own.folder, `frames/00000${index}${end}`), join(own.folder, 'frames', name + end))
  }
  const bench = run('well')
  await annotate(bench)
  const captions = await captionsOf(bench)
  const { sha256 } = (await readAnnotations(bench)).find(({ id }) => id === 'two\nlines')!
  expect(captions).toMatchObject({
    'ça va': 'a picture called ça va.png',
    лицо: 'a picture called лицо.png',
    '顔 1': 'a picture called 顔 1.png',
    'a"b\\c': 'a picture called a"b\\c.png',
    'two\nlines': `a picture called ${sha256}.png`,
    '👩‍🎤': 'a picture called 👩‍🎤.png',
  })
  const copy = (await readLog()).find((line) => line.includes(sha256!))
  expect(copy).toBe(join(own.folder, 'dataset/.cnk/captions', `${sha256}.png`))
  expect(await readdir(bench.paths.work)).not.toContain('captions')
})

test('of an archive, as copies that are removed', async () => {
  await writeFile(join(own.folder, 'frames.zip'), makeZip(entriesOfFolder(join(own.folder, 'frames'))))
  const bench = open([process.execPath, PROGRAM, 'well', 'log.txt'], {
    source: { face_synthetics: './frames.zip' },
    captions: { command: [process.execPath, PROGRAM, 'well', 'log.txt'] },
  })
  await annotate(bench)
  const annotations = await readAnnotations(bench)
  expect(annotations.map(({ caption }) => caption)).toEqual(
    annotations.map(({ sha256 }) => `a picture called ${sha256}.png`),
  )
  expect(annotations).toHaveLength(8)
  expect(await readdir(bench.paths.work)).not.toContain('captions')
})

test('pictures that are no files are copied, named by what they are', async () => {
  const jpeg = await makeNoise(16, 1).jpeg().toBuffer()
  const webp = await makeNoise(16, 1).webp().toBuffer()
  const bytes: Record<string, Buffer> = { 'a.png': jpeg, 'b.webp': webp }
  const source = {
    locate: async (path: string) => ({ kind: 'bytes', bytes: bytes[path] }),
  } as unknown as PictureSource
  const copies = join(own.folder, 'copies')
  const paths = openPicturePaths({ source, folder: copies })
  expect(await paths.place({ path: 'a.png', sha256: 's1' })).toBe(join(copies, 's1.jpg'))
  expect(await paths.place({ path: 'b.webp', sha256: 's2' })).toBe(join(copies, 's2.webp'))
  expect(await readFile(join(copies, 's1.jpg'))).toEqual(jpeg)
  await paths.release('s1')
  expect(await readdir(copies)).toEqual(['s2.webp'])
  await paths.close()
  expect(await readdir(copies)).toEqual([])
})

test('the program may be a link, and starts in the working directory', async () => {
  await mkdir(join(own.folder, 'bin'))
  await symlink(PROGRAM, join(own.folder, 'bin/mine.mjs'))
  const bench = open([process.execPath, './bin/mine.mjs', 'well', 'log.txt'])
  await annotate(bench)
  expect((await readLog())[0]).toBe(`start in ${own.folder}`)
})
