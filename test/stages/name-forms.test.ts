/**
 * Names in two Unicode forms: most programs write `é` as one character, macOS stores `e` and a combining accent. Both are the
 * same name.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { openLandmarkReader } from '../../src/annotators/files/open.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { folder, put } from './case-folder.ts'
import { openBench, readAnnotations, type Bench } from './dataset-stages.ts'
import { picture, ready, rejects } from './pair-folder.ts'

const FORMS = ['NFC', 'NFD'] as const
const other = { NFC: 'NFD', NFD: 'NFC' } as const

const captioned = (source: string, captions: object): Bench =>
  openBench(folder, {
    condition: { kind: 'canny' },
    dataset: {
      source: { folder: source },
      crop: 'center',
      resolution: 64,
      validation: { count: 0 },
      max_rejects: '100%',
      captions,
    },
  })

async function captionsOf(bench: Bench): Promise<(string | null | undefined)[][]> {
  await bench.run([collectImages, annotateImages])
  return (await readAnnotations(bench)).map(({ source, caption, rejected }) => [
    source,
    rejected?.message ?? caption,
  ])
}

describe.each(FORMS)('pictures whose names are %s on the disk', (form) => {
  const onDisk = (name: string): string => name.normalize(form)
  const written = (name: string): string => name.normalize(other[form])

  test('metadata', async () => {
    await put(onDisk('photos/été/é.png'), await picture(1))
    await put(onDisk('photos/été/ü.png'), await picture(2))
    await put('photos/metadata.csv', written('file_name,text\nété/é.png,one\nété/ü.png,two\n'))
    expect(await captionsOf(captioned('./photos', { column: 'text' }))).toEqual([
      [onDisk('été/é.png'), 'one'],
      [onDisk('été/ü.png'), 'two'],
    ])
  })

  test('a picture of both names: the exact one counts', async () => {
    await put('photos/é.png'.normalize('NFC'), await picture(1))
    await put('photos/é.png'.normalize('NFD'), await picture(2))
    await put('photos/metadata.csv', written('file_name,text\né.png,one\n'))
    const found = await captionsOf(captioned('./photos', { column: 'text' }))
    expect(found).toContainEqual([written('é.png'), 'one'])
    expect(found).toContainEqual([onDisk('é.png'), 'no row gives it a "text"'])
  })

  test('captions beside them, and their changes are noticed', async () => {
    await put(onDisk('photos/é.png'), await picture(1))
    await put(written('photos/é.txt'), 'beside')
    const bench = captioned('./photos', { sidecar: '.txt' })
    const digest = async () =>
      (
        await observeSource(
          { folder: './photos' },
          { workingDirectory: folder, dataset: bench.config.dataset },
        )
      ).digest
    const before = await digest()
    expect(await captionsOf(bench)).toEqual([[onDisk('é.png'), 'beside']])
    await put(written('photos/é.txt'), 'beside it')
    expect(await digest()).not.toBe(before)
  })

  test('pairs in a table', async () => {
    await put(onDisk('set/é.png'), await picture(1))
    await put(onDisk('set/é-c.png'), await picture(2))
    await put('set/pairs.csv', written('image,conditioning_image,text\né.png,é-c.png,x\n'))
    expect(await rejects(ready({ pairs: './set/pairs.csv' }))).toEqual({})
  })

  test('pairs in folders', async () => {
    await put(onDisk('set/image/é.png'), await picture(1))
    await put(written('set/conditioning_image/é.png'), await picture(2))
    await put(written('set/text/é.txt'), 'x')
    expect(await rejects(ready({ pairs: './set' }))).toEqual({})
  })

  test('landmarks beside them, in a folder and in a table', async () => {
    const points = JSON.stringify(Array.from({ length: 68 }, (_, index) => [index, index]))
    await put(written('points/été/é.json'), points)
    await put('points.jsonl', `{"file_name": "${written('été/é.png')}", "landmarks": ${points}}\n`)
    for (const place of ['points', 'points.jsonl']) {
      const reader = await openLandmarkReader(join(folder, place), { readBeside: async () => null })
      const found = await reader.find(onDisk('été/é.png'))
      expect(found?.parse().faces[0]!.landmarks[3]).toEqual([3, 3])
      await reader.close()
    }
  })

  test('in an archive', async () => {
    const entries = [
      { name: onDisk('é.png'), data: await picture(1) },
      { name: written('é.txt'), data: 'beside' },
      { name: 'metadata.csv', data: written('file_name,text\né.png,in the table\n') },
    ]
    writeFileSync(join(folder, 'photos.zip'), makeZip(entries))
    for (const [captions, text] of [
      [{ sidecar: '.txt' }, 'beside'],
      [{ column: 'text' }, 'in the table'],
    ] as const)
      expect(await captionsOf(captioned('./photos.zip', captions))).toEqual([[onDisk('é.png'), text]])
  })
})
