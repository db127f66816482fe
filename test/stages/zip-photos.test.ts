import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { makeZip, type MadeEntry } from '../unit/formats/zip/make-zip.ts'
import { folder } from './case-folder.ts'
import type { Bench } from './dataset-stages.ts'
import { makeNoise, writeFrames } from './face-pictures.ts'
import { frames, takeDataset, zipFolder } from './zip-bench.ts'
import { entriesOfFolder } from './zip-files.ts'

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
