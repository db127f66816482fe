/** Pictures in formats that are not read are reported wherever a user looks. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { findPictures } from '../../src/sources/folders-and-zips/find-pictures.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readAnnotations } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'
import { picture, ready, rejects } from './pair-folder.ts'

vi.setConfig({ testTimeout: 30_000 })

const UNREAD = ['b.heic', 'c.HEIC', 'sub/d.bmp', 'e.jp2', 'f.nef', 'g.gif']
/** They have a copy that is read, or are no pictures. */
const FINE = ['1.heic', 'sub/2.DNG', 'notes.md', '.hidden.bmp']
const COUNTS = '2 .heic, 2 without an extension, 1 .bmp, 1 .gif, 1 .jp2, 1 .nef'
const LINE = `4 pictures in photos/ (2 folders); 8 not read: ${COUNTS}`
const ADVICE = 'Export them as JPEG or PNG. Give files without an extension the right one, such as .jpg.'

async function makeFiles(): Promise<Record<string, Buffer | string>> {
  const jpeg = (seed: number) => makeNoise(64, seed).jpeg().toBuffer()
  return {
    '1.png': await picture(1),
    'sub/2.jfif': await jpeg(2),
    'JPE.JPE': await jpeg(3),
    '4.Tif': await makeNoise(64, 4).tiff().toBuffer(),
    'q.png ': await picture(5),
    'sub/IMG_6': await jpeg(6),
    'sub/README': 'no picture',
    ...Object.fromEntries([...UNREAD, ...FINE].map((name) => [name, `not read: ${name}`])),
  }
}

const bench = (source: string) =>
  openBench(folder, {
    condition: { kind: 'canny' },
    dataset: { source: { folder: source }, crop: 'center', resolution: 64, validation: { count: 0 } },
  })

test('in a folder: .jfif and .jpe are read, the rest is counted, in the line and on the page', async () => {
  for (const [name, content] of Object.entries(await makeFiles())) await put(`photos/${name}`, content)
  const made = bench('./photos')
  const [line] = await made.run()
  expect(line).toBe(LINE)
  const found = await readAnnotations(made)
  expect(found.map(({ source, rejected }) => [source, rejected])).toEqual(
    ['1.png', '4.Tif', 'JPE.JPE', 'sub/2.jfif'].map((name) => [name, null]),
  )
  const page = await readFile(join(made.paths.dataset, 'preview.html'), 'utf8')
  expect(page).toContain(`<li>Not read: ${COUNTS}. ${ADVICE}</li>`)
  expect(page).toContain(
    `<p id="not-read">The source also has pictures that are not read: ${COUNTS}. ${ADVICE}</p>`,
  )
  expect(page).not.toContain('Nothing: every picture')
})

test('in a zip, also when it was seen before', async () => {
  const entries = Object.entries(await makeFiles()).map(([name, data]) => ({ name, data }))
  await writeFile(join(folder, 'photos.zip'), makeZip(entries))
  const observe = () =>
    observeSource({ folder: './photos.zip' }, { workingDirectory: folder, cache: join(folder, 'cache') })
  const wanted = {
    pictures: 4,
    unread: { '.heic': 2, 'without an extension': 2, '.bmp': 1, '.gif': 1, '.jp2': 1, '.nef': 1 },
  }
  expect(await observe()).toMatchObject(wanted)
  const [line] = await bench('./photos.zip').run()
  expect(line).toBe(LINE.replace('photos/', 'photos.zip'))
  expect(await observe()).toMatchObject(wanted)
})

test('in pairs: a drawing that is not read is named, and what a row names is said of that row', async () => {
  for (const name of ['a', 'b']) await put(`set/image/${name}.png`, await picture(name.charCodeAt(0)))
  await put('set/image/c.bmp', 'BM')
  await put('set/conditioning_image/a.png', await picture(1))
  await put('set/conditioning_image/b.bmp', 'BM')
  await put('set/image/a.txt', 'x')
  const made = ready({ pairs: './set' })
  expect(await rejects(made)).toEqual({
    'image/b.png':
      'conditioning-missing: there is no picture conditioning_image/b.* that can be read, only conditioning_image/b.bmp',
  })
  const source = { folder: './named' }
  await put('named/metadata.csv', 'file_name,text\nx.bmp,x\ny.png,y\n')
  await put('named/x.bmp', 'BM')
  await put('named/y.png', await picture(5))
  const named = openBench(folder, {
    condition: { kind: 'canny' },
    dataset: { source, crop: 'center', resolution: 64, captions: { column: 'text' }, max_rejects: '100%' },
  })
  expect(await rejects(named)).toEqual({
    'x.bmp': 'unreadable: it is a BMP picture; expected JPEG, PNG, WebP, AVIF or TIFF',
  })
  const observed = await observeSource(source, { workingDirectory: folder, dataset: named.config.dataset })
  expect(observed).toMatchObject({ pictures: 2, unread: {} })
})

test('annotate looks at each, so that it is told why, but for those that have a copy', async () => {
  for (const [name, content] of Object.entries(await makeFiles())) await put(`photos/${name}`, content)
  const found = await findPictures([join(folder, 'photos')])
  expect(found.map(({ relative }) => relative)).toEqual([
    '1.png',
    '4.Tif',
    'JPE.JPE',
    'b.heic',
    'c.HEIC',
    'e.jp2',
    'f.nef',
    'g.gif',
    'q.png ',
    'sub/2.jfif',
    'sub/IMG_6',
    'sub/d.bmp',
  ])
})
