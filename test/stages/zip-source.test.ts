import { readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { formatDatasetCard } from '../../src/dataset/dataset-card.ts'
import { collectImages } from '../../src/stages/collect-images.ts'
import { observeSource } from '../../src/tools/sources/observe-source.ts'
import { makeZip, type MadeEntry } from '../unit/dataset/zip/make-zip.ts'
import { openBench, readAnnotations, readManifest, type Bench } from './dataset-stages.ts'
import { copyPhotos, makeNoise, writeFrames } from './face-pictures.ts'
import { entriesOfFolder, writeParts } from './zip-files.ts'

let root: string
let folder: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-zip-source-'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})
afterAll(() => rm(root, { recursive: true }))

const frames = (source: object, more: { dataset?: object; condition?: object } = {}): Bench =>
  openBench(folder, {
    condition: { annotator: 'files', ...more.condition },
    dataset: { source, crop: 'center', resolution: 64, validation: { count: 2 }, ...more.dataset },
  })

/** All files below a folder, by path. */
function readTree(top: string): Record<string, string> {
  const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(top.length + 1), readFileSync(path).toString('latin1')]
    }),
  )
}

/** What a dataset says and holds: shards and annotations, byte for byte. */
async function takeDataset(bench: Bench): Promise<Record<string, string>> {
  await bench.run()
  const files = readTree(bench.paths.dataset)
  await rm(bench.paths.dataset, { recursive: true })
  return Object.fromEntries(Object.entries(files).filter(([path]) => /^data\/|^annotations/.test(path)))
}

function zipFolder(from: string, archive: string, more: readonly MadeEntry[] = []): Buffer {
  const bytes = makeZip([...entriesOfFolder(join(folder, from)), ...more], { zip64: true })
  writeFileSync(join(folder, archive), bytes)
  return bytes
}

describe('FaceSynthetics in its zip', () => {
  beforeEach(() => writeFrames(join(folder, 'frames'), { count: 9, side: 64 }))

  test('gives the dataset that the unpacked folder gives, byte for byte', async () => {
    const bytes = zipFolder('frames', 'faces.zip')
    writeParts(join(folder, 'cut.zip'), bytes, 4)
    const expected = await takeDataset(frames({ face_synthetics: './frames' }))
    expect(Object.keys(expected).sort()).toEqual([
      'annotations.ndjson',
      'data/train-00000-of-00001.parquet',
      'data/validation-00000-of-00001.parquet',
    ])
    await rename(join(folder, 'frames'), join(folder, 'elsewhere'))
    expect(await takeDataset(frames({ face_synthetics: './faces.zip' }))).toEqual(expected)
    expect(await takeDataset(frames({ face_synthetics: './cut.zip.001' }))).toEqual(expected)
    expect(readdirSync(folder).sort()).toEqual(
      ['cache', 'elsewhere', 'faces.zip', ...['1', '2', '3', '4'].map((part) => `cut.zip.00${part}`)].sort(),
    )
  })

  test('is said to be what it is, with its licence', async () => {
    zipFolder('frames', 'faces.zip')
    const bench = frames({ face_synthetics: './faces.zip' })
    expect((await bench.run())[0]).toBe('9 pictures in faces.zip')
    const card = formatDatasetCard(bench.config, await readManifest(bench))
    expect(card).toContain('license_name: research-use-of-data-agreement-v1.0')
    expect(card).toContain('for non-commercial research only')
  })

  test('landmarks that the embedded nets find are measured against those in the zip', async () => {
    await copyPhotos(join(folder, 'photos'), [1])
    const landmarks = readFileSync(join(folder, 'frames/000000_ldmks.txt'))
    zipFolder('photos', 'faces.zip', [{ name: 'sample1_ldmks.txt', data: landmarks }])
    const bench = openBench(folder, {
      condition: { quality: 'fast' },
      dataset: { source: { face_synthetics: './faces.zip' }, resolution: 64, validation: { count: 0 } },
    })
    await bench.run()
    expect(bench.events).toContainEqual({ type: 'metric', name: 'landmark-found-percent', value: 100 })
  })

  test('a damaged picture and a lost landmark file are rejected, each with its reason', async () => {
    const entries = entriesOfFolder(join(folder, 'frames')).filter(({ name }) => name !== '000004_ldmks.txt')
    const bad = entries.map((entry) =>
      entry.name === '000002.png' ? { ...entry, lie: { crc32: 7 } } : entry,
    )
    writeFileSync(join(folder, 'faces.zip'), makeZip(bad))
    const bench = frames({ face_synthetics: './faces.zip' }, { dataset: { max_rejects: '50%' } })
    await bench.run()
    const rejected = (await readAnnotations(bench)).flatMap(({ id, rejected }) =>
      rejected ? [{ id, ...rejected }] : [],
    )
    expect(rejected).toEqual([
      {
        id: '000002',
        code: 'unreadable',
        message: 'damaged in the archive: its checksum (CRC-32) is wrong',
      },
      {
        id: '000004',
        code: 'no-landmarks',
        message: 'there is no 000004_ldmks.txt, 000004.pts or 000004.landmarks.json',
      },
    ])
  })
})

test('a folder of photos that was packed, nested and with captions beside them', async () => {
  await writeFrames(join(folder, 'plain'), { count: 4, side: 64 })
  const pictures = entriesOfFolder(join(folder, 'plain')).filter(({ name }) =>
    /^\d+\.png$/.test(name as string),
  )
  const inside = pictures.flatMap(({ name, data }, index): MadeEntry[] => [
    { name: `summer/面孔 ${index}.png`, data: data! },
    { name: `summer/面孔 ${index}.txt`, data: `caption ${index}` },
    { name: `__MACOSX/summer/._${String(name)}`, data: 'not a picture' },
  ])
  writeFileSync(
    join(folder, 'photos.zip'),
    makeZip([{ name: 'summer/' }, ...inside, { name: '.hidden/a.png', data: 'x' }]),
  )
  for (const { name, data } of inside) {
    const path = join(folder, 'photos', String(name))
    await mkdir(dirname(path), { recursive: true })
    writeFileSync(path, data as Buffer)
  }
  await rm(join(folder, 'photos/__MACOSX'), { recursive: true })
  const settings = {
    dataset: { captions: { sidecar: '.txt' } },
    condition: { kind: 'canny', annotator: 'embedded' },
  }
  const unpacked = frames({ folder: './photos' }, settings)
  const packed = frames({ folder: './photos.zip' }, settings)
  const list = async (bench: Bench): Promise<unknown[]> => {
    await bench.run([collectImages])
    const lines = readFileSync(join(bench.paths.work, 'pictures.ndjson'), 'utf8').trim().split('\n')
    await rm(bench.paths.dataset, { recursive: true })
    return lines.map((line) => ({ ...(JSON.parse(line) as object), version: null }))
  }
  const expected = await list(unpacked)
  expect(expected).toHaveLength(4)
  expect(expected[3]).toMatchObject({ id: 'summer/面孔 3', caption: 'caption 3' })
  expect(await list(packed)).toEqual(expected)
})

describe('metadata in a zip of photos', () => {
  const write = (name: string, content: string): void => writeFileSync(join(folder, 'photos', name), content)
  const open = (source: string, dataset: object = {}, kind = 'canny'): Bench =>
    frames(
      { folder: source },
      { condition: { kind, annotator: 'embedded' }, dataset: { captions: { column: 'text' }, ...dataset } },
    )
  const observe = ({ config }: Bench) =>
    observeSource(config.dataset.source, {
      workingDirectory: folder,
      cache: join(folder, 'cache'),
      dataset: config.dataset,
      conditioning: config.condition.kind === 'images',
    })

  beforeEach(async () => {
    await mkdir(join(folder, 'photos/trip/drawn'), { recursive: true })
    for (const number of [1, 2, 3, 4]) {
      const png = await makeNoise(64, number).png().toBuffer()
      writeFileSync(join(folder, `photos/trip/${number}.png`), png)
      writeFileSync(
        join(folder, `photos/trip/drawn/${number}.png`),
        await makeNoise(64, number + 9)
          .png()
          .toBuffer(),
      )
      write(`trip/${number}.txt`, `beside ${number}`)
    }
    const rows = [1, 2, 3].map(
      (number) => `trip/${number}.png,"outer, ${number}",${number * 10},trip/drawn/${number}.png`,
    )
    write('metadata.csv', `file_name,text,age,conditioning_image_file_name\n${rows.join('\n')}\n`)
    write(
      'trip/metadata.jsonl',
      '{"file_name":"2.png","text":"inner 2","age":7,"conditioning_image_file_name":"drawn/1.png"}\n',
    )
    zipFolder('photos', 'photos.zip', [{ name: '__MACOSX/trip/._metadata.jsonl', data: 'x' }])
  })

  test.each<[string, object, string?]>([
    ['captions of a column', {}],
    ['a template', { captions: { template: '{text}, {age} years, {filename}' } }],
    ['captions beside the pictures', { captions: { sidecar: '.txt' } }],
    ['conditioning images', {}, 'images'],
  ])('gives the dataset that the folder gives, byte for byte: %s', async (_, dataset, kind) => {
    const settings = { ...dataset, max_rejects: '60%', validation: { count: 1 } }
    const expected = await takeDataset(open('./photos', settings, kind))
    expect(expected['annotations.ndjson']).toMatch(/"(inner 2|inner 2, 7 years, 2|beside 2)"/)
    expect(await takeDataset(open('./photos.zip', settings, kind))).toEqual(expected)
  })

  test('is looked at again when something else is asked of it', async () => {
    const first = open('./photos.zip')
    const before = await observe(first)
    await first.run([collectImages])
    expect(await observe(first)).toEqual(before)
    const mistaken = observe(open('./photos.zip', { captions: { column: 'txt' } }))
    await expect(mistaken).rejects.toMatchObject({
      message:
        'metadata.csv has no column "txt" for the captions; it has "file_name", "text", "age", "conditioning_image_file_name".',
      hint: 'Did you mean "text"? Correct dataset.captions, or the table.',
      reason: 'preflight',
    })
    const { hint } = (await observe(open('./photos.zip', { captions: { template: '{filname}' } })).catch(
      (error: unknown) => error,
    )) as { hint: string }
    expect(hint).toBe('Did you mean {filename}? Correct dataset.captions, or the table.')
    await expect(observe(open('./photos.zip', { captions: { sidecar: '.text' } }))).rejects.toMatchObject({
      code: 'captions-missing',
      message:
        'No picture in ./photos.zip has a caption file: expected trip/1.text for trip/1.png and so on; other files there: .txt (4), .csv (1), .jsonl (1).',
    })
  })

  test('one that is damaged, and one that is not there', async () => {
    const entries = entriesOfFolder(join(folder, 'photos'))
    const bad = entries.map((entry) =>
      entry.name === 'metadata.csv' ? { ...entry, lie: { crc32: 7 } } : entry,
    )
    writeFileSync(join(folder, 'photos.zip'), makeZip(bad))
    await expect(observe(open('./photos.zip'))).rejects.toMatchObject({
      message: "metadata.csv can't be read: damaged in the archive: its checksum (CRC-32) is wrong.",
      reason: 'preflight',
    })
    writeFileSync(
      join(folder, 'photos.zip'),
      makeZip(entries.filter(({ name }) => !/metadata/.test(String(name)))),
    )
    await expect(observe(open('./photos.zip'))).rejects.toMatchObject({
      message:
        'Expected metadata.csv or metadata.jsonl with the column "text" in ./photos.zip, found neither.',
      code: 'metadata-missing',
    })
  })
})

describe('what planning sees', () => {
  const archive = (): string => join(folder, 'faces.zip')
  const observe = (given = './faces.zip') =>
    observeSource({ face_synthetics: given }, { workingDirectory: folder, cache: join(folder, 'cache') })

  beforeEach(async () => {
    await writeFrames(join(folder, 'frames'), { count: 3, side: 64 })
    zipFolder('frames', 'faces.zip')
  })

  test('counts, and a digest that follows the content', async () => {
    const first = await observe()
    expect(first).toMatchObject({
      kind: 'face_synthetics',
      given: './faces.zip',
      exists: true,
      pictures: 3,
      folders: 1,
      others: { '.txt': 3 },
    })
    expect(first.bytes).toBe(
      ['0', '1', '2'].reduce((sum, each) => sum + statSync(join(folder, `frames/00000${each}.png`)).size, 0),
    )
    zipFolder('frames', 'faces.zip')
    expect((await observe()).digest).toBe(first.digest)
    zipFolder('frames', 'faces.zip', [{ name: 'more.txt', data: 'x' }])
    expect((await observe()).digest).not.toBe(first.digest)
    expect(readdirSync(folder).sort()).toEqual(['faces.zip', 'frames'])
  })

  test('after the pictures were listed, the archive is not opened again until it changes', async () => {
    utimesSync(archive(), 1_700_000_000, 1_700_000_000)
    const first = await observe()
    await frames({ face_synthetics: './faces.zip' }).run([collectImages])
    writeFileSync(archive(), Buffer.alloc(statSync(archive()).size))
    utimesSync(archive(), 1_700_000_000, 1_700_000_000)
    expect(await observe()).toEqual(first)
    utimesSync(archive(), 1_700_000_000, 1_700_000_001)
    await expect(observe()).rejects.toMatchObject({ code: 'zip-missing' })
  })

  test('what is no archive, hostile or gone', async () => {
    expect(await observe('gone.zip')).toMatchObject({ exists: false, pictures: 0 })
    writeFileSync(archive(), makeZip([{ name: '../a.png', data: 'x' }]))
    await expect(observe()).rejects.toMatchObject({
      name: 'UserError',
      message: './faces.zip has an entry called "../a.png": it leads out of its folder.',
      code: 'zip-unsafe',
      reason: 'preflight',
    })
    writeFileSync(join(folder, 'a.png'), 'x')
    await expect(observe('a.png')).rejects.toMatchObject({ code: 'not-a-folder' })
    const bytes = makeZip([{ name: 'a.png', data: 'x'.repeat(100) }])
    writeParts(join(folder, 'cut.zip'), bytes, 3)
    await rm(join(folder, 'cut.zip.003'))
    await expect(observe('cut.zip.001')).rejects.toMatchObject({
      message: 'cut.zip.001 (read as 2 parts) is no zip archive, or its end is missing.',
    })
  })
})
