/** `metadata.csv` and `metadata.jsonl` beside the pictures of a folder. */
import { symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { readGoldenFace } from '../unit/faces/golden-face.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readAnnotations, type Bench } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'

const picture = (seed: number): Promise<Buffer> => makeNoise(64, seed).png().toBuffer()

const captioned = (captions: object = { column: 'text' }): Bench =>
  openBench(folder, {
    condition: { annotator: 'files' },
    dataset: {
      source: { folder: './photos' },
      crop: 'center',
      resolution: 64,
      validation: { count: 0 },
      max_rejects: '100%',
      captions,
    },
  })

const listed = async (bench: Bench) => {
  await bench.run([collectImages, annotateImages])
  return (await readAnnotations(bench)).map(({ source, caption, rejected }) => [
    source,
    rejected?.message ?? caption,
  ])
}
async function putFace(name: string, seed: number): Promise<void> {
  await put(`photos/${name}`, await picture(seed))
  const points = readGoldenFace().map(([x, y]) => [x / 8, y / 8])
  await put(
    `photos/${name.replace('.png', '.pts')}`,
    `{\n${points.map((point) => point.join(' ')).join('\n')}\n}`,
  )
}

test('the innermost row counts; pictures without one have no caption', async () => {
  for (const name of ['a.png', 'sub/b.png', 'sub/deep/c.png', 'd.png'])
    await putFace(name, name.charCodeAt(name.length - 5))
  await put(
    'photos/metadata.csv',
    'file_name,text\na.png,outer a\nsub/b.png,outer b\nsub/deep/c.png,outer c\nnone.png,x\n',
  )
  await put('photos/sub/metadata.jsonl', '{"file_name":"b.png","text":"inner b"}\n')
  const bench = captioned()
  const lines = await listed(bench)
  expect(lines.filter(([, caption]) => /^(outer|inner)/.test(caption!))).toEqual([
    ['a.png', 'outer a'],
    ['sub/b.png', 'inner b'],
    ['sub/deep/c.png', 'outer c'],
  ])
  expect(Object.fromEntries(lines)).toMatchObject({
    'd.png': 'no row gives it a "text"',
    'none.png': 'metadata.csv:5 names it, but it is not there',
  })
})

test('pictures that it names in other columns are no pictures of their own', async () => {
  for (const name of ['a.png', 'depth/a.png', 'b.png'])
    await put(`photos/${name}`, await picture(name.length))
  await put('photos/metadata.csv', 'file_name,depth_file_name\na.png,depth/a.png\n')
  const bench = openBench(folder, { dataset: { source: { folder: './photos' } } })
  expect(await bench.run([collectImages])).toEqual(['2 pictures in photos/'])
})

test('changes of it are changes of the source', async () => {
  await put('photos/a.png', await picture(1))
  await put('photos/metadata.csv', 'file_name,text\na.png,one\n')
  const { config } = captioned()
  const digest = async () =>
    (await observeSource(config.dataset.source, { workingDirectory: folder, dataset: config.dataset })).digest
  const before = await digest()
  expect(await digest()).toBe(before)
  await utimes(join(folder, 'photos/metadata.csv'), 5, 5)
  expect(await digest()).not.toBe(before)
})

test('links to nothing, names in any script', async () => {
  const names = ['顔 写真.png', '🙂.png', 'e\u0301.png', 'a\nb.png', `${'x'.repeat(251)}.png`, 'quote".png']
  for (const [index, name] of names.entries()) await putFace(name, index)
  await symlink('nowhere.png', join(folder, 'photos/broken.png'))
  await symlink('loop.png', join(folder, 'photos/loop.png'))
  const rows = names.map((file_name) => JSON.stringify({ file_name, text: `about ${file_name}` }))
  await put('photos/metadata.jsonl', rows.join('\n'))
  const bench = captioned()
  await bench.run([collectImages, annotateImages])
  const found = await readAnnotations(bench)
  expect(found.map(({ source }) => source).sort()).toEqual([...names, 'broken.png', 'loop.png'].sort())
  for (const name of names)
    expect(found.find(({ source }) => source === name)!.caption).toBe(`about ${name.replace('\n', ' ')}`)
  expect(found.find(({ source }) => source === 'broken.png')!.rejected).toEqual({
    code: 'unreadable',
    message: 'it is a link to nothing',
  })
})

test.each<[string, Record<string, string>, string, string]>([
  ['an empty table', { 'photos/metadata.csv': '' }, 'metadata.csv has no column', '; it has none.'],
  ['no rows', { 'photos/metadata.jsonl': '\n' }, 'metadata.jsonl has no column', '; it has none.'],
  [
    'rows without the column',
    { 'photos/metadata.jsonl': '{"file_name":"a.png"}\n' },
    'metadata.jsonl has no column "text" for the captions',
    'it has "file_name".',
  ],
])('planning says that there is no such column: %s', async (_, files, start, end) => {
  await put('photos/a.png', await picture(1))
  for (const [name, content] of Object.entries(files)) await put(name, content)
  const { config } = captioned()
  const observed = observeSource(config.dataset.source, { workingDirectory: folder, dataset: config.dataset })
  await expect(observed).rejects.toMatchObject({
    reason: 'preflight',
    code: 'column-missing',
    message: expect.stringMatching(new RegExp(`^${start}.*${end}$`)),
  })
})

test('a cell that is empty is no caption, and a gap in a template', async () => {
  for (const name of ['a.png', 'b.png', 'c.png']) await putFace(name, name.charCodeAt(0))
  await put('photos/metadata.csv', 'file_name,text,hair\na.png,,\nb.png," ",red\nc.png,x,fair\n')
  expect(await listed(captioned())).toEqual([
    ['a.png', 'its "text" is empty'],
    ['b.png', 'its "text" is empty'],
    ['c.png', 'x'],
  ])
  const template = captioned({ template: 'a person, {hair}' })
  expect(await listed(template)).toEqual([
    ['a.png', 'a person'],
    ['b.png', 'a person, red'],
    ['c.png', 'a person, fair'],
  ])
})

test('a column with the name of what every object has', async () => {
  for (const name of ['a.png', 'b.png']) await putFace(name, name.charCodeAt(0))
  await put('photos/metadata.csv', 'file_name,constructor\na.png,Lola\n')
  expect(await listed(captioned({ column: 'constructor' }))).toEqual([
    ['a.png', 'Lola'],
    ['b.png', 'no row gives it a "constructor"'],
  ])
})
