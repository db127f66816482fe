/** Planning notices a change in any file that the dataset is made from. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { configSchema } from '../../src/config/schema.ts'
import { planParquet } from '../../src/formats/parquet/parquet-rows.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readRows } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'

interface Case {
  readonly source: object
  readonly dataset?: object
  readonly condition?: object
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** What is edited, of these or new. */
  readonly edits: readonly string[]
}

const files = { annotator: 'files' }
const picture = await makeNoise(64, 1).png().toBuffer()
const pairs = 'image,conditioning_image,text\nin/a.jpg,in/c.jpg,x\n'
const parquet = writeTable([{ name: 'image', data: [picture], type: 'BYTE_ARRAY' }])

function writeTable(columnData: ColumnSource[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

test.each<[string, Case]>([
  [
    'captions beside the pictures, with any extension',
    {
      source: { folder: './set' },
      dataset: { captions: { sidecar: '.tags' } },
      files: { 'set/a.jpg': '', 'set/a.tags': 'old', 'set/b/b.jpg': '' },
      edits: ['set/a.tags', 'set/b/b.tags'],
    },
  ],
  [
    'captions of FaceSynthetics',
    {
      source: { face_synthetics: './set' },
      dataset: { captions: { sidecar: 'words' } },
      files: { 'set/000000.png': '', 'set/000000.words': 'old', 'set/000000_ldmks.txt': '' },
      edits: ['set/000000.words', 'set/000000_ldmks.txt'],
    },
  ],
  [
    'captions and landmarks beside the pictures of a table',
    {
      source: { pairs: './set/pairs.csv' },
      dataset: { captions: { sidecar: '.cap' }, crop: 'face' },
      condition: { kind: 'images', ...files },
      files: { 'set/pairs.csv': pairs, 'set/in/a.jpg': '', 'set/in/c.jpg': '', 'set/in/a.cap': 'old' },
      edits: ['set/pairs.csv', 'set/in/c.jpg', 'set/in/a.cap', 'set/in/a.pts', 'set/in/a_ldmks.txt'],
    },
  ],
  [
    'pairs in folders, with texts in a folder or captions beside them',
    {
      source: { pairs: './set' },
      dataset: { captions: { sidecar: '.cap' } },
      condition: { kind: 'images' },
      files: { 'set/image/a.jpg': '', 'set/conditioning_image/a.jpg': '', 'set/image/a.cap': 'old' },
      edits: ['set/conditioning_image/a.jpg', 'set/image/a.cap', 'set/text/a.txt'],
    },
  ],
  [
    'metadata, and pictures that only it names',
    {
      source: { folder: './set' },
      dataset: { captions: { column: 'text' } },
      files: { 'set/.b/b.jpg': '', 'set/metadata.csv': 'file_name,text\n.b/b.jpg,x\n' },
      edits: ['set/.b/b.jpg', 'set/metadata.csv'],
    },
  ],
  [
    'landmarks in a folder of their own',
    {
      source: { folder: './set' },
      condition: { ...files, landmarks: './points' },
      files: { 'set/a.jpg': '', 'points/a.json': '[]' },
      edits: ['points/a.json', 'points/a.csv', 'points/b.landmarks.json'],
    },
  ],
  [
    'landmarks of rows in Parquet',
    {
      source: { parquet: './set' },
      condition: { ...files, landmarks: './points.ndjson' },
      files: { 'set/a.parquet': parquet, 'points.ndjson': '{}' },
      edits: ['points.ndjson'],
    },
  ],
  [
    'landmarks of pictures in a zip',
    {
      source: { folder: './set.zip' },
      condition: { ...files, landmarks: './points' },
      files: { 'set.zip': makeZip([{ name: 'a.jpg', data: 'x' }]), 'points/a.pts': '' },
      edits: ['points/a.pts'],
    },
  ],
])('%s', async (_, { source, dataset, condition, files, edits }) => {
  const config = configSchema.parse({
    version: 1,
    name: 'x',
    condition,
    dataset: { source, ...dataset },
  })
  const { landmarks, kind, annotator } = config.condition
  const digest = async (): Promise<string> => {
    const fact = await observeSource(config.dataset.source, {
      workingDirectory: folder,
      dataset: config.dataset,
      conditioning: kind === 'images',
      readsLandmarks: annotator === 'files',
      ...(landmarks !== undefined && { landmarks }),
    })
    return fact.digest
  }
  for (const [name, content] of Object.entries(files)) await put(name, content)
  let before = await digest()
  expect(await digest()).toBe(before)
  for (const edit of edits) {
    await put(edit, edit.endsWith('.csv') ? `${pairs}in/c.jpg,in/a.jpg,y\n` : 'new')
    const after = await digest()
    expect(after, edit).not.toBe(before)
    expect(await digest()).toBe(after)
    before = after
  }
})

test('what the kit itself writes into the folder is no change', async () => {
  for (const name of ['image/a.png', 'conditioning_image/a.png']) await put(`set/${name}`, picture)
  const { config } = openBench(folder, {
    condition: { kind: 'images' },
    dataset: { source: { pairs: './set' }, output: './set/dataset', captions: { template: 'x' } },
  })
  const digest = async () => {
    const options = { workingDirectory: folder, exclude: ['set/dataset'], conditioning: true }
    return (await observeSource(config.dataset.source, { ...options, dataset: config.dataset })).digest
  }
  const before = await digest()
  await put('set/dataset/manifest.json', '{}')
  expect(await digest()).toBe(before)
})

test('another column with conditioning images is looked at, though the pictures are the same', async () => {
  const [drawn, flat] = await Promise.all([
    makeNoise(64, 2).png().toBuffer(),
    makeNoise(64, 3).linear(0, 40).png().toBuffer(),
  ])
  await put('set/x', '')
  await writeFile(
    join(folder, 'set/a.parquet'),
    writeTable([
      { name: 'image', data: [picture, drawn], type: 'BYTE_ARRAY' },
      { name: 'edges', data: [drawn, picture], type: 'BYTE_ARRAY' },
      { name: 'depth', data: [drawn, flat], type: 'BYTE_ARRAY' },
    ]),
  )
  const open = (conditioning_image: string) =>
    openBench(folder, {
      condition: { kind: 'images' },
      dataset: {
        source: { parquet: './set' },
        columns: { conditioning_image },
        captions: { template: 'x' },
        crop: 'center',
        resolution: 64,
        validation: { count: 0 },
        max_rejects: '100%',
      },
    })
  const edges = open('edges')
  await edges.run()
  expect(await readRows(edges, 'train')).toHaveLength(2)
  const depth = open('depth')
  expect((await depth.run())[1]).toContain('1 rejected: 1 with an empty conditioning image')
  expect(await readRows(depth, 'train')).toHaveLength(1)
})

test('pictures that rows only name are looked at again when they change', async () => {
  const named = { bytes: null, path: 'in/a.png' }
  const { schema } = planParquet('')
  const columnData = (['image', 'conditioning_image', 'text'] as const).map((name) => ({
    name,
    data: [name === 'text' ? 'x' : named],
  }))
  await put('set/a.parquet', new Uint8Array(parquetWriteBuffer({ schema, columnData })))
  await put('set/in/a.png', picture)
  const bench = openBench(folder, {
    condition: { kind: 'canny' },
    dataset: {
      source: { parquet: './set' },
      captions: { column: 'text' },
      crop: 'center',
      resolution: 64,
      validation: { count: 0 },
    },
  })
  const options = { workingDirectory: folder, dataset: bench.config.dataset }
  const digest = async () => (await observeSource(bench.config.dataset.source, options)).digest
  await bench.run()
  const before = await digest()
  const [row] = await readRows(bench, 'train')
  await put('set/in/a.png', await makeNoise(64, 5).png().toBuffer())
  expect(await digest()).not.toBe(before)
  await bench.run()
  const [changed] = await readRows(bench, 'train')
  expect(Buffer.from(changed!.image.bytes).equals(row!.image.bytes)).toBe(false)
  await rm(join(folder, 'set/in/a.png'))
  await expect(bench.run()).rejects.toMatchObject({ code: 'too-many-rejects' })
})
