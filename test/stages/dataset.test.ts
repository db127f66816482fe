import { readdir, readFile, rm, mkdtemp, writeFile, copyFile, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { faceToCrop } from '../../src/raster/crop.ts'
import { readCrop } from '../../src/stages/write-dataset/make-rows.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { drawConditioningImage } from '../../src/tools/images/conditioning-image.ts'
import {
  openBench,
  readAnnotations,
  readFooter,
  readManifest,
  readRows,
  type Bench,
} from './dataset-stages.ts'
import { copyPhotos, makeNoise, writeFrames } from './face-pictures.ts'

let root: string
let folder: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-dataset-'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})
afterAll(() => rm(root, { recursive: true }))

const photos = (dataset: object = {}) =>
  openBench(folder, {
    dataset: { source: { folder: './photos' }, resolution: 64, validation: { count: 1 }, ...dataset },
  })
const frames = (dataset: object = {}) =>
  openBench(folder, {
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: './frames' },
      crop: 'center',
      resolution: 128,
      validation: { count: 3 },
      ...dataset,
    },
  })

describe('from a FaceSynthetics folder with its own landmarks', () => {
  let bench: Bench
  beforeEach(async () => {
    await writeFrames(join(folder, 'frames'), { count: 12, side: 128 })
    bench = frames()
  })

  test('every frame becomes a row: the picture as it was, the drawing of its landmarks, the caption', async () => {
    const lines = await bench.run()
    expect(lines.slice(0, 2)).toEqual(['12 pictures in frames/', '12 faces'])
    expect(lines[2]).toMatch(/^9 train \+ 3 validation rows, 128 px, 0\.\d MB$/)
    const rows = [...(await readRows(bench, 'train')), ...(await readRows(bench, 'validation'))]
    const annotations = await readAnnotations(bench)
    expect(annotations.map(({ id }) => id)).toEqual(
      Array.from({ length: 12 }, (_, i) => String(i).padStart(6, '0')),
    )
    expect(new Set(rows.map(({ image }) => image.path)).size).toBe(12)
    for (const { image, conditioning_image, text } of rows) {
      const id = image.path.replace('.png', '')
      const annotation = annotations.find((each) => each.id === id)!
      const source = await sharp(join(folder, 'frames', `${id}.png`))
        .raw()
        .toBuffer()
      expect((await sharp(image.bytes).raw().toBuffer()).equals(source)).toBe(true)
      const { landmarks } = faceToCrop(annotation.face!, readCrop(annotation), 128)
      const drawing = await drawConditioningImage([landmarks], { width: 128, height: 128 })
      expect(drawing.equals(conditioning_image.bytes)).toBe(true)
      expect(Math.max(...(await sharp(drawing).raw().toBuffer()))).toBe(255)
      expect([conditioning_image.path, text]).toEqual([`${id}.png`, 'a portrait photo of a person'])
    }
  })

  test('the files say what datasets needs, and the card what they hold', async () => {
    await bench.run()
    const { shards, ...manifest } = await readManifest(bench)
    expect(manifest).toMatchObject({
      v: 1,
      train: 9,
      validation: 3,
      resolution: 128,
      enlarged: 0,
      rejected: {},
    })
    expect(manifest.validation_members).toHaveLength(3)
    expect(shards.map(({ file, rows }) => [file, rows])).toEqual([
      ['data/train-00000-of-00001.parquet', 9],
      ['data/validation-00000-of-00001.parquet', 3],
    ])
    const footer = await readFooter(bench, shards[0]!.file)
    const info = footer.key_value_metadata!.find(({ key }) => key === 'huggingface')!.value!
    expect(Object.keys(JSON.parse(info).info.features)).toEqual(['image', 'conditioning_image', 'text'])
    for (const { meta_data } of footer.row_groups[0]!.columns) {
      expect(meta_data).toMatchObject({ codec: 'UNCOMPRESSED', encodings: expect.arrayContaining(['PLAIN']) })
      expect(meta_data).not.toHaveProperty('dictionary_page_offset', expect.anything())
    }
    const card = await readFile(join(bench.paths.dataset, 'README.md'), 'utf8')
    expect(card).toContain('  - name: train\n    num_bytes: ' + shards[0]!.bytes + '\n    num_examples: 9\n')
    expect(card).not.toContain('configs:')
    expect(card).not.toContain(folder)
    const names = await readdir(bench.paths.dataset)
    const expected = [
      '.cnk',
      'README.md',
      'annotations.ndjson',
      'data',
      'manifest.json',
      'preview.html',
      'preview.png',
    ]
    expect(names.sort()).toEqual(expected)
    expect((await readdir(bench.paths.work)).sort()).toEqual([
      'annotator.json',
      'findings.ndjson',
      'pictures.ndjson',
    ])
  })

  test('held out pictures stay so when pictures are added', async () => {
    await bench.run()
    const before = (await readManifest(bench)).validation_members
    await writeFrames(join(folder, 'frames'), { first: 12, count: 30, side: 128 })
    await bench.run()
    const after = await readManifest(bench)
    expect(after.train).toBe(39)
    expect(after.validation_members).toEqual(before)
  })

  test('a frame with a broken landmark file, or none, is left out', async () => {
    await writeFile(join(folder, 'frames', '000003_ldmks.txt'), '1 2\n')
    await rm(join(folder, 'frames', '000004_ldmks.txt'))
    const lines = await frames({ max_rejects: '50%' }).run()
    expect(lines[1]).toBe('10 faces; 2 rejected: 2 without landmark file')
    const rejects = (await readAnnotations(bench)).flatMap(({ rejected }) => rejected ?? [])
    expect(rejects.map(({ message }) => message)).toEqual([
      '000003_ldmks.txt: expected 70 points, found 1',
      'there is no 000004_ldmks.txt, 000004.pts or 000004.landmarks.json',
    ])
  })

  test('a picture that was changed behind its landmarks stops the writing, and nothing half-made shows', async () => {
    await bench.run()
    const before = await readManifest(bench)
    await copyFile(join(folder, 'frames', '000001.png'), join(folder, 'frames', '000002.png'))
    const { writeDataset } = await import('../../src/stages/write-dataset/write-dataset.ts')
    await expect(bench.run([writeDataset])).rejects.toMatchObject({ code: 'picture-changed' })
    expect(await readManifest(bench)).toEqual(before)
    expect((await readRows(bench, 'train')).length).toBe(9)
  })

  test('asked to hold out more than half of what is left, half is trained on, with a warning', async () => {
    const greedy = frames({ validation: { count: 16 } })
    await greedy.run()
    expect(await readManifest(greedy)).toMatchObject({ train: 6, validation: 6 })
    expect(greedy.events.filter(({ type }) => type === 'warning')).toContainEqual({
      type: 'warning',
      code: 'few-validation-rows',
      message:
        'Held out: 6 of the 16 rows asked for, as at least half of the 12 are trained on. Add pictures, or lower dataset.validation.count.',
    })
  })

  test('stopped in the middle: the signal’s reason, and no dataset', async () => {
    const reason = new Error('stop')
    await expect(bench.run(undefined, AbortSignal.abort(reason))).rejects.toBe(reason)
    await expect(readdir(join(bench.paths.dataset, 'data'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('from a folder of photographs', () => {
  test('bad pictures are left out with their reasons, and stop nothing', { timeout: 60_000 }, async () => {
    await copyPhotos(join(folder, 'photos'), [1, 2, 4])
    await copyFile(join(folder, 'photos/sample1.jpg'), join(folder, 'photos/copy.jpg'))
    await writeFile(join(folder, 'photos/text.jpg'), 'this is no picture')
    await writeFile(join(folder, 'photos/empty.png'), '')
    await makeNoise(256, 1).toFile(join(folder, 'photos/clouds.png'))
    const bench = photos({ max_rejects: '80%' })
    const lines = await bench.run()
    expect(lines[0]).toBe('7 pictures in photos/')
    expect(lines[1]).toBe('3 faces; 4 rejected: 2 unreadable, 1 duplicate, 1 no face')
    const annotations = await readAnnotations(bench)
    expect(annotations.map(({ id, rejected }) => [id, rejected?.code ?? null])).toEqual([
      ['clouds', 'no-face'],
      ['copy', null],
      ['empty', 'unreadable'],
      ['sample1', 'duplicate'],
      ['sample2', null],
      ['sample4', null],
      ['text', 'unreadable'],
    ])
    expect(annotations.find(({ id }) => id === 'text')!.rejected!.message).toBe('not a picture')
    expect(annotations.find(({ id }) => id === 'sample1')!.rejected!.message).toBe(
      'the same picture as copy.jpg',
    )
    expect(await readFile(join(bench.paths.dataset, 'preview.html'), 'utf8')).toContain('not a picture')
    const last = bench.events
      .filter((event) => event.type === 'progress' && event.stage === 'annotate-images')
      .at(-1)
    expect(last).toMatchObject({ done: 7, total: 7, unit: 'pictures', note: '3 kept  4 rejected' })
  })

  test('only new pictures are annotated, and only changed ones hashed', { timeout: 60_000 }, async () => {
    await copyPhotos(join(folder, 'photos'), [1])
    const bench = photos()
    await bench.run([collectImages, annotateImages])
    const findings = join(bench.paths.work, 'findings.ndjson')
    const before = await readFile(findings, 'utf8')
    await copyPhotos(join(folder, 'photos'), [2])
    await utimes(join(folder, 'photos/sample1.jpg'), 1, 1)
    await bench.run([collectImages, annotateImages])
    const after = await readFile(findings, 'utf8')
    expect(after.startsWith(before)).toBe(true)
    expect(after.trim().split('\n')).toHaveLength(2)
  })

  test('captions come from the file beside the picture', { timeout: 60_000 }, async () => {
    await copyPhotos(join(folder, 'photos/a'), [1, 2, 4])
    await writeFile(join(folder, 'photos/a/sample1.txt'), '  a woman\nlaughing \n')
    await writeFile(join(folder, 'photos/a/sample2.txt'), ' \n')
    await writeFile(join(folder, 'photos/a/sample4.txt'), Buffer.from('a café', 'latin1'))
    const bench = photos({ captions: { sidecar: '.txt' }, max_rejects: '70%', validation: { count: 0 } })
    expect((await bench.run())[1]).toBe('1 face; 2 rejected: 2 without caption')
    expect((await readRows(bench, 'train')).map(({ text }) => text)).toEqual(['a woman laughing'])
    const reasons = (await readAnnotations(bench)).map(({ rejected }) => rejected?.message)
    expect(reasons).toContain('its caption file is not UTF-8 text')
  })

  test(
    'faces: all gives a row a face, and faces of one picture stay on one side',
    { timeout: 60_000 },
    async () => {
      await copyPhotos(join(folder, 'photos'), [1, 2, 3])
      const bench = photos({ faces: 'all', validation: { count: 2 } })
      await bench.run()
      const ids = (await readAnnotations(bench)).map(({ id }) => id)
      expect(ids.length).toBeGreaterThan(4)
      const held = new Set((await readManifest(bench)).validation_members.map(({ sha256 }) => sha256))
      const { train, validation } = await readManifest(bench)
      expect(train + validation).toBe(ids.length)
      expect((await readAnnotations(bench)).filter(({ sha256 }) => held.has(sha256!))).toHaveLength(
        validation,
      )
    },
  )
})

describe('what stops the preparation', () => {
  test('too many rejects: counts, remedy, and the list stays to look at', { timeout: 60_000 }, async () => {
    await copyPhotos(join(folder, 'photos'), [1])
    for (const name of ['a', 'b', 'c'])
      await writeFile(join(folder, `photos/${name}.jpg`), `no picture ${name}`)
    const bench = photos()
    await expect(bench.run()).rejects.toMatchObject({
      code: 'too-many-rejects',
      reason: 'dataset',
      message: "3 of 4 pictures (75 %) can't be used, and dataset.max_rejects allows 20%: 3 unreadable.",
      hint: 'Export unreadable pictures again as JPEG or PNG; or raise dataset.max_rejects. a.jpg: not a picture; b.jpg: not a picture; c.jpg: not a picture.',
    })
    expect(await readAnnotations(bench)).toHaveLength(4)
    await expect(readdir(join(bench.paths.dataset, 'data'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('no face in any picture', { timeout: 60_000 }, async () => {
    await copyPhotos(join(folder, 'photos'), [])
    await makeNoise(256, 1).toFile(join(folder, 'photos/clouds.png'))
    const message = "1 of 1 pictures (100 %) can't be used, and none is left: 1 no face."
    await expect(photos({ max_rejects: '100%' }).run()).rejects.toMatchObject({
      code: 'too-many-rejects',
      message,
    })
  })

  test('a folder without pictures', async () => {
    await copyPhotos(join(folder, 'photos'), [])
    for (const name of ['a.heic', 'b.HEIC', 'c.txt']) await writeFile(join(folder, 'photos', name), '')
    await expect(photos().run()).rejects.toMatchObject({
      reason: 'preflight',
      code: 'no-pictures',
      message:
        'photos/ has no pictures: expected .jpg .png .webp .avif .tiff, found 3 other files (.heic, .txt).',
      hint: "HEIC can't be read here: export as JPEG first.",
    })
  })

  test('a dataset folder that is a file', async () => {
    await copyPhotos(join(folder, 'photos'), [1])
    await writeFile(join(folder, 'dataset'), 'precious')
    await expect(photos().run()).rejects.toMatchObject({ name: 'UserError', code: 'not-a-folder' })
    expect(await readFile(join(folder, 'dataset'), 'utf8')).toBe('precious')
  })
})
