/** What the dataset stages write, read by the real `datasets` as upstream's trainer does. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faceToCrop } from '../../src/raster/crop.ts'
import { readCrop } from '../../src/stages/write-dataset/make-rows.ts'
import { drawConditioningImage } from '../../src/tools/images/conditioning-image.ts'
import { openBench, readAnnotations, readManifest, type Bench } from '../stages/dataset-stages.ts'
import { writeFrames } from '../stages/face-pictures.ts'
import { venvPython } from './venv.ts'

interface LoadedImage {
  readonly mode: string
  readonly size: readonly number[]
  readonly pixels: string
}
interface LoadedSplit {
  readonly features: readonly [name: string, type: string][]
  readonly rows: readonly { image: LoadedImage; conditioning_image: LoadedImage; text: string }[]
}

const SIDE = 96
const timeout = 120_000

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-load-'))
  await writeFrames(join(folder, 'frames'), { count: 12, side: SIDE })
})
afterAll(() => rm(folder, { recursive: true }))

const open = (template: string, source = './frames'): Bench =>
  openBench(folder, {
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: source },
      crop: 'center',
      resolution: SIDE,
      validation: { count: 4 },
      captions: { template },
    },
  })

async function load(cache: string): Promise<Record<string, LoadedSplit>> {
  const script = join(import.meta.dirname, 'python/load_dataset.py')
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' }
  const args = [script, join(folder, cache), join(folder, 'dataset')]
  const { stdout } = await promisify(execFile)(venvPython(), args, { env, maxBuffer: 1 << 26 })
  return JSON.parse(stdout) as Record<string, LoadedSplit>
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What each row must hold, in the order of the file: pixels of the source picture, and of the drawing. */
async function expectRows(bench: Bench, text: string) {
  const held = new Set((await readManifest(bench)).validation_members.map(({ id }) => id))
  const rows: Record<string, unknown[]> = { train: [], validation: [] }
  for (const annotation of await readAnnotations(bench)) {
    const source = await sharp(join(folder, 'frames', annotation.source))
      .raw()
      .toBuffer()
    const { landmarks } = faceToCrop(annotation.face!, readCrop(annotation), SIDE)
    const drawing = await drawConditioningImage([landmarks], { width: SIDE, height: SIDE })
    const describe = (pixels: Buffer) => ({ mode: 'RGB', size: [SIDE, SIDE], pixels: hash(pixels) })
    rows[held.has(annotation.id) ? 'validation' : 'train']!.push({
      image: describe(source),
      conditioning_image: describe(await sharp(drawing).raw().toBuffer()),
      text,
    })
  }
  return rows
}

test(
  'columns, counts and pixels are right, and a rewritten folder is never served from a stale cache',
  { timeout },
  async () => {
    const first = open('first caption')
    await first.run()
    const loaded = await load('shared')
    expect(loaded.train!.features).toEqual([
      ['image', 'Image(mode=None, decode=True)'],
      ['conditioning_image', 'Image(mode=None, decode=True)'],
      ['text', "Value('string')"],
    ])
    expect(loaded.validation!.features).toEqual(loaded.train!.features)
    const expected = await expectRows(first, 'first caption')
    expect([expected.train!.length, expected.validation!.length]).toEqual([8, 4])
    expect(loaded.train!.rows).toEqual(expected.train)
    expect(loaded.validation!.rows).toEqual(expected.validation)

    const size = async (bench: Bench) => (await readManifest(bench)).shards.map(({ bytes }) => bytes)
    const sizes = await size(first)
    // Same number of rows and the same sizes, other captions.
    const second = open('other caption')
    await second.run()
    expect(await size(second)).toEqual(sizes)
    for (const cache of ['shared', 'own']) {
      const again = await load(cache)
      expect(again.train!.rows.map(({ text }) => text)).toEqual(Array(8).fill('other caption'))
    }

    // More rows.
    await writeFrames(join(folder, 'frames'), { first: 12, count: 5, side: SIDE })
    const third = open('other caption')
    await third.run()
    const more = await load('shared')
    expect(more.train!.rows).toEqual((await expectRows(third, 'other caption')).train)
    expect(more.train!.rows).toHaveLength(13)
    expect(await readFile(join(folder, 'dataset/README.md'), 'utf8')).toContain('num_examples: 13')
  },
)
