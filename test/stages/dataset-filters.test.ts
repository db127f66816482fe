/** Which pictures the dataset stages reject, tested with photographs and generated faces. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { generateFace } from '../../src/generated-faces/generated-face.ts'
import { planTraits } from '../../src/generated-faces/traits.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { projectFace } from '../unit/faces/projected-face.ts'
import { openBench, readAnnotations, readManifest, readRows, type Bench } from './dataset-stages.ts'
import { copyPhotos, makeNoise } from './face-pictures.ts'
import { writeTokenizer } from './small-tokenizer.ts'

const ASTRONAUT = join(import.meta.dirname, '../fixtures/pictures/astronaut.jpg')
const LOOK = [collectImages, annotateImages] as const

let root: string
let folder: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-filters-'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  await mkdir(join(folder, 'photos'))
})
afterAll(() => rm(root, { recursive: true }))

const photo = (name: string): string => join(folder, 'photos', name)
const openPhotos = (dataset: object = {}): Bench =>
  openBench(folder, {
    dataset: {
      source: { folder: './photos' },
      resolution: 128,
      validation: { count: 1 },
      max_rejects: '100%',
      ...dataset,
    },
  })
const outcomes = async (bench: Bench) =>
  Object.fromEntries((await readAnnotations(bench)).map(({ id, rejected }) => [id, rejected?.code ?? 'kept']))

describe('near duplicates', { timeout: 120_000 }, () => {
  beforeEach(async () => {
    const astronaut = sharp(ASTRONAUT)
    await astronaut.clone().jpeg({ quality: 60 }).toFile(photo('b-jpeg60.jpg'))
    await astronaut.clone().resize(300).webp().toFile(photo('c-smaller.webp'))
    await astronaut.clone().linear(1, 14).png().toFile(photo('d-brighter.png'))
    await astronaut
      .clone()
      .extract({ left: 3, top: 2, width: 506, height: 507 })
      .toFile(photo('e-cropped.png'))
    await astronaut.clone().resize(400).toFile(photo('a-first-but-smaller.jpg'))
    await copyPhotos(join(folder, 'photos'), [1])
    await writeFile(photo('f-copy.jpg'), await readFile(photo('b-jpeg60.jpg')))
  })

  test('the largest stands for all that look like it, by name', async () => {
    const bench = openPhotos()
    await bench.run(LOOK)
    expect(await outcomes(bench)).toEqual({
      'a-first-but-smaller': 'near-duplicate',
      'b-jpeg60': 'kept',
      'c-smaller': 'near-duplicate',
      'd-brighter': 'near-duplicate',
      'e-cropped': 'near-duplicate',
      'f-copy': 'duplicate',
      sample1: 'kept',
    })
    const rejects = (await readAnnotations(bench)).flatMap(({ rejected }) => rejected ?? [])
    expect(rejects[0]!.message).toBe('almost the same picture as b-jpeg60.jpg')
    expect(rejects.at(-1)!.message).toBe('the same picture as b-jpeg60.jpg')
  })

  test('exact, and keep: what is kept is on one side of the split, and looked at once', async () => {
    for (const [duplicates, rows] of [
      ['exact', 6],
      ['keep', 7],
    ] as const) {
      const bench = openPhotos({ filters: { duplicates }, validation: { count: 2 } })
      await bench.run()
      const annotations = await readAnnotations(bench)
      expect(annotations.filter(({ rejected }) => rejected === null)).toHaveLength(rows)
      const groups = new Set(annotations.map(({ group }) => group))
      expect(groups).toEqual(new Set([annotations[0]!.sha256, undefined]))
      const manifest = await readManifest(bench)
      // The others are one group, and more than two: only this one can be held out.
      expect(manifest.validation_members.map(({ id }) => id)).toEqual(['sample1'])
      expect(manifest.train).toBe(rows - 1)
    }
    const findings = await readFile(join(folder, 'dataset/.cnk/findings.ndjson'), 'utf8')
    expect(findings.trim().split('\n')).toHaveLength(6)
  })

  test('a picture that is left out for another reason stands for none', async () => {
    const bench = openPhotos({ captions: { sidecar: '.txt' } })
    for (const name of ['c-smaller', 'a-first-but-smaller']) await writeFile(photo(`${name}.txt`), 'a woman')
    await bench.run(LOOK)
    expect(await outcomes(bench)).toMatchObject({
      'a-first-but-smaller': 'kept',
      'b-jpeg60': 'no-caption',
      'c-smaller': 'near-duplicate',
      'f-copy': 'no-caption',
    })
  })
})

describe('faces', { timeout: 120_000 }, () => {
  test('cut by the edge, tiny, and unsure: each with its reason; kept where that is asked for', async () => {
    const astronaut = sharp(ASTRONAUT)
    await astronaut.clone().toFile(photo('whole.jpg'))
    // The face spans 177-272 and 87-177: here its chin is missing.
    await astronaut.clone().extract({ left: 90, top: 0, width: 260, height: 150 }).toFile(photo('cut.png'))
    const tiny = await astronaut.clone().resize(160).toBuffer()
    await makeNoise(600, 5)
      .composite([{ input: tiny, left: 10, top: 10 }])
      .toFile(photo('tiny.png'))
    const bench = openPhotos({ resolution: 512 })
    const [, line] = await bench.run(LOOK)
    expect(await outcomes(bench)).toEqual({ cut: 'cut-face', tiny: 'too-small', whole: 'kept' })
    expect(line).toBe('1 face; 2 rejected: 1 too small, 1 cut face')
    const kept = openPhotos({ filters: { cut_faces: 'keep', min_confidence: 0.999 } })
    await expect(kept.run(LOOK)).rejects.toMatchObject({ code: 'too-many-rejects' })
    expect(await outcomes(kept)).toEqual({
      cut: 'low-confidence',
      tiny: 'low-confidence',
      whole: 'low-confidence',
    })
  })

  test('turned heads of the generator: pose in the annotations, limits, and captions of what they show', async () => {
    const frames = join(folder, 'photos')
    for (const [index, yaw] of [0, 30, -60].entries()) {
      const traits = planTraits(7, index)
      const points = projectFace({ ...traits, pose: { yaw, pitch: 0, roll: 0 } })
      const { rgb } = generateFace(7, index)
      const name = join(frames, String(index).padStart(6, '0'))
      await sharp(rgb, { raw: { width: 512, height: 512, channels: 3 } }).toFile(`${name}.png`)
      const lines = [...points, points[36]!, points[45]!].map(([x, y]) => `${x} ${y}`)
      await writeFile(`${name}_ldmks.txt`, lines.join('\n'))
    }
    const bench = openBench(folder, {
      condition: { annotator: 'files' },
      dataset: {
        source: { face_synthetics: './photos' },
        captions: { template: 'a person, {pose}, {mouth}' },
        filters: { max_pose: 45 },
        resolution: 256,
        validation: { count: 0 },
        max_rejects: '50%',
      },
    })
    await bench.run()
    expect(await outcomes(bench)).toEqual({ '000000': 'kept', '000001': 'kept', '000002': 'extreme-pose' })
    const [front, turned] = await readAnnotations(bench)
    expect(Math.abs(front!.pose![0])).toBeLessThan(8)
    expect(Math.abs(turned!.pose![0] - 30)).toBeLessThan(8)
    const texts = (await readRows(bench, 'train')).map(({ text }) => text)
    expect(texts[0]).toMatch(/^a person, facing the camera/)
    expect(texts[1]).toMatch(/^a person, head turned right/)
    const manifest = await readManifest(bench)
    expect(manifest).toMatchObject({
      rejected: { 'extreme-pose': 1 },
      filters: { max_pose: 45, duplicates: 'near' },
    })
    const card = await readFile(join(bench.paths.dataset, 'README.md'), 'utf8')
    expect(card).toContain('`a person, {pose}, {mouth}`, filled in.')
    expect(card).toContain('faces turned by at most 45°')
    expect(card).toContain('1 turned too far')
  })
})

describe('captions', { timeout: 120_000 }, () => {
  test('too long for the text encoder: counted by its own tokenizer, warned of, or left out', async () => {
    await copyPhotos(join(folder, 'photos'), [1, 2])
    await writeFile(photo('sample1.txt'), 'face '.repeat(80))
    await writeFile(photo('sample2.txt'), 'a face')
    const estimated = openPhotos({ captions: { sidecar: '.txt' } })
    const lines = await estimated.run()
    expect(lines[1]).toBe('2 faces; 1 caption with more than 77 tokens')
    expect((await readManifest(estimated)).captions).toEqual({
      longest: 82,
      limit: 77,
      over_limit: 1,
      counted: 'estimated',
    })
    expect(estimated.events).toContainEqual({
      type: 'warning',
      code: 'long-captions',
      message:
        '1 caption is longer than the 77 tokens that the text encoder takes (the longest has about 82): training cuts off the rest.',
    })
    await writeTokenizer(join(folder, 'base-model/tokenizer'))
    const exact = openPhotos({ captions: { sidecar: '.txt' }, filters: { long_captions: 'reject' } })
    await exact.run()
    // Here each letter is a token; start and end are two more.
    expect((await readManifest(exact)).captions).toMatchObject({
      longest: 7,
      over_limit: 0,
      counted: 'exact',
    })
    expect(await outcomes(exact)).toEqual({ sample1: 'long-caption', sample2: 'kept' })
    expect((await readAnnotations(exact))[0]!.rejected!.message).toContain('322 tokens')
    expect((await readRows(exact, 'train')).map(({ text }) => text)).toEqual(['a face'])
  })

  test('what is left out by an estimate is as planned, whatever came into the cache since then', async () => {
    await copyPhotos(join(folder, 'photos'), [1, 2])
    await writeFile(photo('sample1.txt'), 'a face')
    await writeFile(photo('sample2.txt'), 'a'.repeat(100))
    const bench = openPhotos({ captions: { sidecar: '.txt' }, filters: { long_captions: 'reject' } })
    await bench.run([
      collectImages,
      {
        ...annotateImages,
        async run(context) {
          await writeTokenizer(join(folder, 'base-model/tokenizer'))
          return annotateImages.run(context)
        },
      },
    ])
    // By the tokenizer, the second would have 102.
    expect(await outcomes(bench)).toEqual({ sample1: 'kept', sample2: 'kept' })
    const warning = bench.events.find((event) => event.type === 'warning')
    expect(warning).toMatchObject({ code: 'captions-estimated' })
    await bench.run()
    expect(await outcomes(bench)).toEqual({ sample1: 'kept', sample2: 'long-caption' })
  })

  test('a drop rate leaves some captions empty, the same ones each time', async () => {
    await copyPhotos(join(folder, 'photos'), [1, 2, 3, 4, 5, 6])
    const bench = openPhotos({ captions: { template: '{filename}', drop: 0.5 }, validation: { count: 0 } })
    await bench.run()
    const texts = (await readRows(bench, 'train')).map(({ text }) => text)
    expect(texts).toHaveLength(6)
    expect(texts.filter((text) => text === '').length).toBeGreaterThan(0)
    expect(texts.filter((text) => /^sample\d$/.test(text)).length).toBeGreaterThan(0)
    await bench.run()
    expect((await readRows(bench, 'train')).map(({ text }) => text)).toEqual(texts)
  })
})
