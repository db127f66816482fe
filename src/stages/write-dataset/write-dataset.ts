/** Writes the folder that the trainer reads: Parquet files, card, manifest and previews. */
import { readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { AnnotationSummary } from '../../dataset/annotations/annotation-summary.ts'
import { conditionOf } from '../../conditions/index.ts'
import { formatDatasetCard } from '../../dataset/dataset-card.ts'
import { sumShards, type Manifest, type Shard, type SplitName } from '../../dataset/manifest.ts'
import type { DatasetRow } from '../../formats/parquet/parquet-rows.ts'
import { formatCount, formatMegabytes } from '../../words.ts'
import { PreviewStatistics } from '../../pages/dataset-preview/preview-statistics.ts'
import { formerFolder, nextFolder, stampFile, summaryFile } from '../../dataset/work-files.ts'
import { makeFolder, writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { writeShards } from '../../tools/parquet/write-shards.ts'
import { replaceDataset } from '../../tools/files/replace-dataset.ts'
import { openRowMaker, type RowMaker } from './row-maker.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { Stage, StageContext } from '../../types.ts'
import { annotateImages } from '../annotate-images/annotate-images.ts'
import { DatasetPreview } from './dataset-preview.ts'
import { makeRows, type KeptAnnotation, type MadeRow } from './make-rows.ts'
import { openConfigSource } from '../open-configured-source.ts'
import { reportProgress } from '../progress.ts'
import { readSplit, type Split } from './read-split.ts'

export const writeDataset: Stage = {
  spec: {
    name: 'write-dataset',
    title: 'write dataset',
    version: 2,
    failure: 'dataset',
    needed: () => true,
    after: ['annotate-images'],
    settings: ({ config: { condition, dataset } }) => ({
      kind: condition.kind,
      style: condition.style,
      drawing: conditionOf(condition.kind).version,
      captions: dataset.captions,
      resolution: dataset.resolution,
      validation: dataset.validation,
    }),
    inputs: () => null,
    outputs: ({ paths }) =>
      ['README.md', 'data', 'manifest.json', 'preview.html', 'preview.png'].map((name) =>
        join(paths.dataset, name),
      ),
    stamp: ({ paths }) => stampFile(paths, 'write-dataset'),
    commands: () => [],
    summary: ({ config: { dataset }, training }) =>
      `about ${formatCount(training.rows)} train + ${formatCount(training.validation_rows)} validation rows, ${dataset.resolution} px`,
  },

  async run(context) {
    const { paths, stage } = context
    const next = nextFolder(paths)
    await rm(next, { recursive: true, force: true })
    await makeFolder(join(next, 'data'))
    const { split, shards, preview } = await writeRows(next, context)
    const manifest = await makeManifest(split, shards, context)
    await preview.write({ folder: next, manifest, context })
    await writeFileAtomic(join(next, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
    await writeFileAtomic(join(next, 'README.md'), formatDatasetCard(context.config, manifest))
    await rm(stage.stamp, { force: true })
    await replaceDataset({ next, dataset: paths.dataset, former: formerFolder(paths) })
    return { line: formatLine(manifest) }
  },
}

async function writeRows(folder: string, context: StageContext) {
  // The threads need a moment to start; meanwhile the annotations are read.
  const opening = openRowTools(context)
  opening.catch(() => undefined)
  try {
    const statistics = new PreviewStatistics()
    const split = await readSplit(context, (annotation) => statistics.add(annotation))
    const preview = new DatasetPreview(statistics, split.rows)
    const shards = await writeSplits({ ...(await opening), split, preview, folder, context })
    return { split, shards, preview }
  } finally {
    await opening.then(closeRowTools, () => undefined)
  }
}

interface RowTools {
  readonly source: PictureSource
  readonly maker: RowMaker
}

async function openRowTools(context: StageContext): Promise<RowTools> {
  const source = await openConfigSource(context)
  return { source, maker: await openRowMaker(availableParallelism(), context.signal) }
}

async function closeRowTools({ source, maker }: RowTools): Promise<void> {
  await maker.close()
  await source.close()
}

interface WriteSplits extends RowTools {
  readonly split: Split
  readonly preview: DatasetPreview
  readonly folder: string
  readonly context: StageContext
}

async function writeSplits({
  split,
  preview,
  folder,
  context,
  source,
  maker,
}: WriteSplits): Promise<Shard[]> {
  const { report, stage } = context
  const { rows, held } = split
  const progress = reportProgress({ report, stage: 'write-dataset', total: rows, unit: 'rows' })
  let done = 0
  async function* take(made: AsyncIterable<MadeRow>): AsyncGenerator<DatasetRow> {
    for await (const each of made) {
      preview.add(each)
      progress(++done)
      yield each.row
      maker.reuse(each.row.image.bytes)
    }
  }
  const write = (name: SplitName, want: (annotation: KeptAnnotation) => boolean): Promise<Shard[]> =>
    writeShards(take(makeRows({ context, source, maker, want })), {
      folder,
      split: name,
      fingerprint: stage.fingerprint,
    })
  return [
    ...(await write('train', ({ sha256 }) => !held.has(sha256))),
    ...(await write('validation', ({ sha256 }) => held.has(sha256))),
  ]
}

async function makeManifest(
  { members, enlarged }: Split,
  shards: Shard[],
  context: StageContext,
): Promise<Manifest> {
  const { config, facts, paths, stage } = context
  const summary = JSON.parse(await readFile(summaryFile(paths), 'utf8')) as AnnotationSummary
  return {
    v: 1,
    kit_version: facts.kitVersion,
    fingerprint: stage.fingerprint,
    train: sumShards(shards, 'train').rows,
    validation: sumShards(shards, 'validation').rows,
    validation_members: members,
    resolution: config.dataset.resolution,
    crop: config.dataset.crop,
    condition: { kind: config.condition.kind, style: config.condition.style },
    annotator: summary.annotator,
    filters: config.dataset.filters,
    rejected: summary.rejected,
    captions: summary.captions,
    ...(summary.dark_conditioning && { dark_conditioning: summary.dark_conditioning }),
    enlarged,
    shards,
    versions: {
      annotate: String(annotateImages.spec.version),
      drawing: String(conditionOf(config.condition.kind).version),
      dataset: String(writeDataset.spec.version),
    },
  }
}

/** `1,147 train + 16 validation rows, 512 px, 388 MB` */
function formatLine({ train, validation, resolution, shards }: Manifest): string {
  const size = formatMegabytes(shards.reduce((sum, { bytes }) => sum + bytes, 0))
  return `${formatCount(train)} train + ${formatCount(validation)} validation rows, ${resolution} px, ${size}`
}
