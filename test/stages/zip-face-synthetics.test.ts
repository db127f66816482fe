import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { formatDatasetCard } from '../../src/dataset/dataset-card.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { folder } from './case-folder.ts'
import { openBench, readAnnotations, readManifest } from './dataset-stages.ts'
import { copyPhotos, writeFrames } from './face-pictures.ts'
import { frames, takeDataset, zipFolder } from './zip-bench.ts'
import { entriesOfFolder, writeParts } from './zip-files.ts'

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
