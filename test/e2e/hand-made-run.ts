import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteFile } from 'hyparquet-writer'
import sharp from 'sharp'
import { configSchema } from '../../src/config/schema.ts'
import type { EventBody } from '../../src/events.ts'
import { planCondition } from '../../src/plan/condition-questions.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import type {
  Config,
  Facts,
  ModelFact,
  Paths,
  Plan,
  PlanContext,
  Stage,
  StageContext,
  TrainingMaths,
} from '../../src/types.ts'

const RESOLUTION = 64

/** Rows of the dataset: how many to train on, and how many are held out. */
export interface Rows {
  readonly train: number
  readonly validation: number
}
const ROWS: Rows = { train: 12, validation: 2 }

/** A base model and a dataset, as small as they can be, made once for all runs in the folder. */
export async function makeInputs(folder: string, python: string): Promise<void> {
  const program = join(packageRoot, 'python/make_tiny_pipeline.py')
  const args = [join(packageRoot, 'python/launch.py'), program, '--output', join(folder, 'base')]
  execFileSync(python, [...args, '--resolution', String(RESOLUTION)], { stdio: 'pipe' })
  await makeDataset(folder, ROWS)
}

/** Replaces the dataset in the folder by one of so many rows. */
export async function makeDataset(folder: string, { train, validation }: Rows): Promise<void> {
  const data = join(folder, 'dataset/data')
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })
  await writeRows(join(data, 'train-00000-of-00001.parquet'), train)
  if (validation > 0) await writeRows(join(data, 'validation-00000-of-00001.parquet'), validation)
  writeFileSync(join(folder, 'dataset/manifest.json'), JSON.stringify({ fingerprint: 'f00d' }))
}

export interface HandMadeRun {
  readonly paths: Paths
  /** Everything that stages reported. */
  readonly events: EventBody[]
  context(stage: Stage, signal?: AbortSignal): StageContext
}

interface RunOptions {
  readonly python: string
  readonly name: string
  readonly train: Record<string, unknown>
  readonly steps: number
  readonly checkpointEvery: number
  /** 0: none. */
  readonly previewEvery?: number
  readonly accumulation?: number
  readonly processes?: number
  /** What the plan says of them; by default the CPU and fp32. */
  readonly settings?: Partial<TrainingMaths['settings']>
  /** Of the dataset in the folder, when `makeDataset` made it anew. */
  readonly rows?: Rows
  /** Another base model than the one in the folder, as observed. */
  readonly base?: ModelFact
  /** A copy of diffusers' script, for its engine. */
  readonly script?: string
}

/** What a plan gives to the two stages, put together by hand. */
export function makeRun(folder: string, options: RunOptions): HandMadeRun {
  const run = join(folder, 'runs', options.name)
  mkdirSync(run, { recursive: true })
  const config = configSchema.parse({
    version: 1,
    name: options.name,
    dataset: { source: { generated: 14 }, resolution: RESOLUTION },
    base_model: { generated: 'tiny' },
    train: options.train,
  })
  const paths = planPaths(folder, run, options, config)
  if (options.script !== undefined) cpSync(options.script, paths.trainerScript)
  const training = planTraining(options, config)
  const facts = makeFacts(folder, options)
  const events: EventBody[] = []
  const condition = planCondition({ config, facts, paths, training, trains: true }, false)
  const plan = { config, paths, training, condition } as unknown as Plan
  return {
    paths,
    events,
    context: (stage, signal = new AbortController().signal) => ({
      stage: planStage(stage, { config, facts, paths, training, trains: true }),
      config,
      paths,
      facts,
      plan,
      report: (event) => events.push(event),
      signal,
    }),
  }
}

function planStage({ spec }: Stage, context: PlanContext) {
  return {
    name: spec.name,
    title: spec.title,
    action: 'create' as const,
    reason: '',
    summary: spec.summary(context),
    fingerprint: '',
    stamp: spec.stamp(context),
    commands: spec.commands(context),
    outputs: spec.outputs(context),
  }
}

function planPaths(folder: string, run: string, { base, python }: RunOptions, config: Config): Paths {
  const dataset = join(folder, 'dataset')
  const trainerScript =
    config.train.engine === 'builtin'
      ? join(packageRoot, 'python/train.py')
      : join(run, 'train_controlnet.py')
  return {
    packageRoot,
    python,
    trainerScript,
    dataset,
    run,
    source: folder,
    annotations: join(dataset, 'annotations.ndjson'),
    manifest: join(dataset, 'manifest.json'),
    work: join(dataset, '.cnk'),
    environment: folder,
    baseModel: base?.folder ?? join(folder, 'base'),
    initialControlnet: join(dataset, '.cnk', 'initial-controlnet'),
    output: join(run, 'output'),
    model: join(run, 'model'),
    runs: join(folder, 'runs'),
    trainingData: dataset,
    datasetsCache: join(folder, 'datasets-cache'),
  }
}

function planTraining(options: RunOptions, config: Config): TrainingMaths {
  const { steps, checkpointEvery, previewEvery = 0, accumulation = 1, processes = 1, rows = ROWS } = options
  const batch = 2
  return {
    rows: rows.train,
    validation_rows: rows.validation,
    settings: {
      preset: 'cpu',
      device: 'cpu',
      gpu: null,
      train_batch_size: batch,
      gradient_accumulation_steps: accumulation,
      mixed_precision: 'no',
      gradient_checkpointing: false,
      gradient_checkpointing_unet: config.train.gradient_checkpointing_unet ?? false,
      cache_latents: config.train.cache_latents ?? false,
      cache_captions: config.train.cache_captions ?? false,
      use_8bit_adam: config.train.use_8bit_adam ?? false,
      dataloader_num_workers: 0,
      num_processes: processes,
      allow_tf32: false,
      ...options.settings,
    },
    effective_batch: batch * accumulation * processes,
    steps_per_epoch: Math.ceil(rows.train / (batch * accumulation * processes)),
    total_steps: steps,
    checkpoints: { every: checkpointEvery, count: Math.floor(steps / checkpointEvery) },
    previews: { every: previewEvery, count: previewEvery === 0 ? 0 : Math.floor(steps / previewEvery) },
  }
}

/** As much as these two stages look at. */
function makeFacts(folder: string, { base, rows = ROWS }: RunOptions): Facts {
  const program = readFileSync(join(packageRoot, 'python/train.py'))
  const facts: Partial<Facts> = {
    kitVersion: '0.0.0-test',
    packageRoot,
    workingDirectory: folder,
    pythonFiles: { 'python/train.py': createHash('sha256').update(program).digest('hex') },
    files: {},
    gpus: [],
    cuda: { visibleDevices: null, parts: [], trouble: null },
    machine: { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 8e9 },
    baseModel: base ?? null,
    startControlnet: null,
    source: { kind: 'generated', pictures: rows.train + rows.validation } as Facts['source'],
  }
  return facts as Facts
}

async function writeRows(filename: string, count: number): Promise<void> {
  const images = await Promise.all(Array.from({ length: count }, (_, row) => noise(row)))
  const column = (name: string) => ({
    name,
    data: images.map((bytes, row) => ({ bytes, path: `${row}.png` })),
  })
  const image = (name: string) => [
    { name, num_children: 2, repetition_type: 'OPTIONAL' as const },
    { name: 'bytes', type: 'BYTE_ARRAY' as const, repetition_type: 'OPTIONAL' as const },
    {
      name: 'path',
      type: 'BYTE_ARRAY' as const,
      converted_type: 'UTF8' as const,
      repetition_type: 'OPTIONAL' as const,
    },
  ]
  const features = {
    image: { _type: 'Image' },
    conditioning_image: { _type: 'Image' },
    text: { dtype: 'string', _type: 'Value' },
  }
  parquetWriteFile({
    filename,
    schema: [
      { name: 'schema', num_children: 3 },
      ...image('image'),
      ...image('conditioning_image'),
      { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
    columnData: [
      column('image'),
      column('conditioning_image'),
      { name: 'text', data: images.map(() => 'a portrait photo of a person') },
    ],
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  })
}

function noise(seed: number): Promise<Uint8Array> {
  let state = seed + 1
  const pixels = Uint8Array.from({ length: RESOLUTION * RESOLUTION * 3 }, () => {
    state = (state * 48_271) % 2_147_483_647
    return state & 255
  })
  return sharp(pixels, { raw: { width: RESOLUTION, height: RESOLUTION, channels: 3 } })
    .png()
    .toBuffer()
}
