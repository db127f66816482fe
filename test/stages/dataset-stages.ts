/** Runs the dataset stages on real files, as `run.ts` does, and reads what they wrote. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { configSchema, type Config } from '../../src/config/schema.ts'
import type { Annotation } from '../../src/dataset/annotations/annotation.ts'
import type { DatasetRow } from '../../src/formats/parquet/parquet-rows.ts'
import type { Manifest } from '../../src/dataset/manifest.ts'
import type { EventBody } from '../../src/events.ts'
import { fillPlaceholders } from '../../src/plan/placeholders.ts'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { writeDataset } from '../../src/stages/write-dataset/write-dataset.ts'
import { readNdjson } from '../../src/tools/files/ndjson-file.ts'
import { observeTokenizer } from '../../src/tools/captions/token-counter.ts'
import { observeCaptioner } from '../../src/tools/captions/observe-captioner.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import type { Facts, Paths, Plan, PlannedStage, Stage, StageContext } from '../../src/types.ts'

export const DATASET_STAGES = [collectImages, annotateImages, writeDataset] as const

interface Settings {
  readonly dataset: Record<string, unknown>
  readonly condition?: Record<string, unknown>
}

/** A working folder with its config: `dataset/` and the source lie inside. */
export interface Bench {
  readonly config: Config
  readonly folder: string
  readonly paths: Paths
  readonly events: EventBody[]
  /** Runs the stages and returns their closing lines. */
  run(stages?: readonly Stage[], signal?: AbortSignal): Promise<string[]>
}

export function openBench(folder: string, settings: Settings): Bench {
  const config = configSchema.parse({ version: 1, name: 'test', ...settings })
  const { source } = config.dataset
  const given = 'generated' in source ? 'faces' : String(Object.values(source)[0])
  const dataset = join(folder, 'dataset')
  const paths = {
    source: 'hub' in source ? given : join(folder, 'generated' in source ? 'faces' : given),
    dataset,
    annotations: join(dataset, 'annotations.ndjson'),
    manifest: join(dataset, 'manifest.json'),
    work: join(dataset, '.cnk'),
    runs: join(folder, 'runs'),
    packageRoot,
    python: process.env.CNK_TEST_PYTHON ?? 'python3',
    baseModel: join(folder, 'base-model'),
  } as Paths
  const events: EventBody[] = []
  async function run(stages: readonly Stage[] = DATASET_STAGES, signal = new AbortController().signal) {
    const lines: string[] = []
    for (const stage of stages) lines.push((await stage.run(await makeContext(stage, signal))).line)
    return lines
  }
  async function makeContext(stage: Stage, signal: AbortSignal): Promise<StageContext> {
    const cache = join(folder, 'cache')
    const observed = await observeSource(source, {
      workingDirectory: folder,
      exclude: ['dataset', 'runs'],
      cache,
      dataset: config.dataset,
      conditioning: config.condition.kind === 'images',
      readsLandmarks: config.condition.annotator === 'files',
    })
    const captioner = await observeCaptioner(config.dataset.captions, { workingDirectory: folder, cache })
    const known = { kitVersion: '0.0.0', packageRoot, workingDirectory: folder, cache }
    const tokenizer = await observeTokenizer(paths.baseModel)
    const facts = { ...known, source: observed, captioner, tokenizer } as unknown as Facts
    const planContext = { config, facts, paths, training: undefined as never, trains: false }
    const planned = {
      name: stage.spec.name,
      fingerprint: 'f'.repeat(64),
      stamp: stage.spec.stamp(planContext),
      commands: fillPlaceholders(stage.spec.commands(planContext), { cache }),
    } as PlannedStage
    const report = (event: EventBody): void => void events.push(event)
    return { stage: planned, config, paths, facts, plan: { stages: [] } as unknown as Plan, report, signal }
  }
  return { config, folder, paths, events, run }
}

export async function readAnnotations({ paths }: Bench): Promise<Annotation[]> {
  const annotations: Annotation[] = []
  for await (const annotation of readNdjson<Annotation>(paths.annotations)) annotations.push(annotation)
  return annotations
}

export async function readManifest({ paths }: Bench): Promise<Manifest> {
  return JSON.parse(await readFile(paths.manifest, 'utf8')) as Manifest
}

/** All rows of a split, as hyparquet reads them. */
export async function readRows(bench: Bench, split: 'train' | 'validation'): Promise<DatasetRow[]> {
  const { shards } = await readManifest(bench)
  const rows = await Promise.all(
    shards
      .filter((shard) => shard.split === split)
      .map(async ({ file }) => {
        const buffer = await asyncBufferFromFile(join(bench.paths.dataset, file))
        return parquetReadObjects({ file: buffer, utf8: false })
      }),
  )
  return rows.flat() as unknown as DatasetRow[]
}

export async function readFooter(bench: Bench, file: string) {
  return parquetMetadataAsync(await asyncBufferFromFile(join(bench.paths.dataset, file)))
}
