/**
 * From what people have to a verified model: datasets made of several kinds of sources by the built program, each read by
 * the real `datasets`, and trained on by the builtin engine; by diffusers' script where CNK_UPSTREAM_SCRIPT names a copy.
 */
import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeGeneratedFaces } from '../../src/tools/threads/generated-faces.ts'
import { run, temporaryFolder } from '../cli/cli.ts'
import { makeNoise, writeFrames } from '../stages/face-pictures.ts'
import { entriesOfFolder } from '../stages/zip-files.ts'
import { makeZip } from '../unit/formats/zip/make-zip.ts'
import { venvPython } from './venv.ts'

const SIDE = 64
const ROWS = 6
const TIMEOUT_MS = 300_000
const SCRIPT = process.env.CNK_UPSTREAM_SCRIPT

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(join(folder, 'photos'))
  await writeFrames(join(folder, 'frames'), { count: ROWS, side: 4 * SIDE })
  await writeFile(join(folder, 'frames.zip'), makeZip(entriesOfFolder(join(folder, 'frames'))))
  await writePairs(join(folder, 'pairs'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Faces that look like photographs, each of another person. */
async function writePhotos(photos: string): Promise<void> {
  const signal = new AbortController().signal
  await writeGeneratedFaces({ folder: photos, faces: ROWS, seed: 1, signal, onPicture: () => undefined })
  for (const name of await readdir(photos)) if (!/\d\.png$/.test(name)) await rm(join(photos, name))
}

async function writePairs(pairs: string): Promise<void> {
  await mkdir(pairs)
  const lines = ['image,conditioning_image,text']
  for (let row = 0; row < ROWS; row++) {
    await makeNoise(2 * SIDE, row)
      .jpeg()
      .toFile(join(pairs, `${row}.jpg`))
    await makeNoise(2 * SIDE, row)
      .greyscale()
      .png()
      .toFile(join(pairs, `${row}-grey.png`))
    lines.push(`${row}.jpg,${row}-grey.png,"blotches, number ${row}"`)
  }
  await writeFile(join(pairs, 'pairs.csv'), `${lines.join('\n')}\n`)
}

interface Case {
  readonly condition: Record<string, unknown>
  readonly dataset: Record<string, unknown>
  readonly text: RegExp
}

const KEEP = { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 }

/** Trained on as well. */
const TRAINED: Readonly<Record<string, Case>> = {
  folder: {
    condition: {},
    dataset: { source: { folder: './photos' }, filters: KEEP },
    text: /^a portrait photo of a person$/,
  },
  zip: {
    condition: { annotator: 'files' },
    dataset: {
      source: { face_synthetics: './frames.zip' },
      crop: 'center',
      filters: KEEP,
      captions: { template: 'a face' },
    },
    text: /^a face$/,
  },
  pairs: {
    condition: { kind: 'images' },
    dataset: { source: { pairs: './pairs/pairs.csv' }, crop: 'center', filters: KEEP },
    text: /^blotches, number \d$/,
  },
}

const CASES: Readonly<Record<string, Case>> = {
  ...TRAINED,
  // What the pairs before it were written as.
  parquet: {
    condition: { kind: 'images' },
    dataset: { source: { parquet: './pairs/dataset/data' }, crop: 'center', filters: KEEP },
    text: /^blotches, number \d$/,
  },
}

async function writeConfig(name: string, train: Record<string, unknown> = {}): Promise<string> {
  const { condition, dataset } = CASES[name]!
  const config = {
    version: 1,
    name,
    condition,
    dataset: { ...dataset, resolution: SIDE, validation: { count: 1 }, output: `./${name}/dataset` },
    base_model: { generated: 'tiny' },
    environment: { torch: 'cpu' },
    train: {
      engine: 'builtin',
      preset: 'cpu',
      train_batch_size: 1,
      gradient_accumulation_steps: 1,
      max_train_steps: 2,
      ...train,
    },
    evaluate: { enabled: false },
    runs: `./${name}/runs`,
  }
  const file = `${name}.yaml`
  // JSON is YAML.
  await writeFile(join(folder, file), JSON.stringify(config))
  return file
}

interface LoadedImage {
  readonly mode: string
  readonly size: readonly number[]
}

interface Loaded {
  readonly features: readonly [string, string][]
  readonly rows: readonly {
    readonly image: LoadedImage
    readonly conditioning_image: LoadedImage
    readonly text: string
  }[]
}

async function load(dataset: string): Promise<Record<string, Loaded>> {
  const script = join(import.meta.dirname, 'python/load_dataset.py')
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' }
  const args = [script, join(folder, 'datasets-cache'), dataset]
  const { stdout } = await promisify(execFile)(venvPython(), args, { env, maxBuffer: 1 << 26 })
  return JSON.parse(stdout) as Record<string, Loaded>
}

describe.each(Object.keys(CASES))('%s', (name) => {
  it(
    'is a dataset of which `datasets` reads every column with the right type',
    { timeout: TIMEOUT_MS },
    async () => {
      const { code, stderr } = await run(['prepare', await writeConfig(name)], folder)
      expect([code, stderr]).toEqual([0, expect.anything()])
      const splits = await load(join(folder, name, 'dataset'))
      expect(Object.keys(splits).sort()).toEqual(['train', 'validation'])
      const rows = Object.values(splits).flatMap((split) => split.rows)
      expect(rows.length).toBeGreaterThanOrEqual(5)
      expect(splits['validation']?.rows).toHaveLength(1)
      for (const { features } of Object.values(splits)) {
        expect(features).toEqual([
          ['image', 'Image(mode=None, decode=True)'],
          ['conditioning_image', 'Image(mode=None, decode=True)'],
          ['text', "Value('string')"],
        ])
      }
      for (const { image, conditioning_image, text } of rows) {
        expect([image.mode, image.size]).toEqual(['RGB', [SIDE, SIDE]])
        expect([conditioning_image.mode, conditioning_image.size]).toEqual(['RGB', [SIDE, SIDE]])
        expect(text).toMatch(CASES[name]!.text)
      }
    },
  )

  if (!(name in TRAINED)) return

  it('trains with the builtin engine to a verified model', { timeout: TIMEOUT_MS }, async () => {
    const { code, stderr } = await run(['train', await writeConfig(name)], folder)
    expect([code, stderr]).toEqual([0, expect.anything()])
    await expectModel(name)
  })

  if (SCRIPT !== undefined && SCRIPT !== '') {
    it("trains with diffusers' script to a verified model", { timeout: TIMEOUT_MS }, async () => {
      const file = await writeConfig(name, { engine: 'diffusers', script: SCRIPT })
      const { code, stderr } = await run(['train', file], folder)
      expect([code, stderr]).toEqual([0, expect.anything()])
      await expectModel(name)
    })
  }
})

async function expectModel(name: string): Promise<void> {
  const model = join(folder, name, 'runs/latest/model')
  expect(await readdir(model)).toEqual(
    expect.arrayContaining(['README.md', 'config.json', 'diffusion_pytorch_model.safetensors', 'images']),
  )
}
