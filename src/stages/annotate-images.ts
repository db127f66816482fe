/** Finds the landmarks of every picture, and decides what becomes a row of the dataset and what is left out. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { formatAnnotation, roundFace } from '../dataset/annotation.ts'
import { findTooManyRejects, formatSummary, type AnnotationSummary } from '../dataset/annotation-summary.ts'
import { contentKey, type Picture } from '../dataset/pictures.ts'
import { formatCount } from '../dataset/rejects.ts'
import { planRows, rejectPicture, type Finding } from '../dataset/rows.ts'
import { findingsFile, picturesFile, stampFile, summaryFile } from '../dataset/work-files.ts'
import { UserError } from '../errors.ts'
import { openAtomicFile, writeFileAtomic } from '../tools/atomic-write.ts'
import { forEachConcurrent } from '../tools/concurrent.ts'
import { openJournal, type Journal } from '../tools/journal.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import {
  openEmbedded,
  openLandmarkFiles,
  openSpiga,
  openWithoutFaces,
  type PictureAnnotator,
} from '../tools/picture-annotators.ts'
import type { PictureSource } from '../tools/sources/picture-source.ts'
import { describeCaptioner, planCaptioner } from '../trainer/captioner.ts'
import type { Config, Stage, StageContext } from '../types.ts'
import { AnnotationTally } from './annotation-tally.ts'
import { awaitCaption, captionPictures, type Kept, type WrittenCaptions } from './caption-pictures.ts'
import { LiveCounts } from './live-counts.ts'
import { openConfigSource } from './open-source.ts'
import { reportProgress } from './progress.ts'

export const annotateImages: Stage = {
  spec: {
    name: 'annotate-images',
    title: 'annotate',
    version: 2,
    failure: 'dataset',
    needed: () => true,
    after: ['collect-images'],
    before: ({ config }) => ('model' in config.dataset.captions ? ['create-environment'] : []),
    settings: (c) => ({ ...describeSettings(c.config), captioner: planCaptioner(c)?.identity ?? null }),
    inputs: ({ config, facts }) => (config.condition.annotator === 'spiga' ? facts.spiga?.key : null),
    outputs: ({ paths }) => [paths.annotations, summaryFile(paths)],
    stamp: ({ paths }) => stampFile(paths, 'annotate-images'),
    commands: (c) => planCaptioner(c)?.commands ?? [],
    summary: ({ config, facts }) =>
      [
        `${formatCount(facts.source.pictures)} pictures by ${config.condition.annotator === 'files' ? 'landmark files' : config.condition.annotator}`,
        describeCaptioner(config, facts.captioner) ?? [],
      ]
        .flat()
        .join(', captions by '),
  },

  async run(context) {
    const source = await openConfigSource(context)
    const journal = await openJournal<Finding>(findingsFile(context.paths))
    try {
      const annotator = await openAnnotatorOf(context, source)
      try {
        return { line: formatSummary(await annotate({ annotator, journal, context, source })) }
      } finally {
        await annotator.close()
      }
    } finally {
      await journal.close()
      await source.close()
    }
  },
}

function describeSettings({ condition, dataset }: StageContext['config']) {
  return {
    kind: condition.kind,
    annotator: condition.annotator,
    landmarks: condition.landmarks ?? null,
    quality: condition.quality,
    crop: dataset.crop,
    faces: dataset.faces,
    resolution: dataset.resolution,
    captions: Object.keys(dataset.captions),
    max_rejects: dataset.max_rejects,
  }
}

async function annotate(work: Work): Promise<AnnotationSummary> {
  const { config, paths, report } = work.context
  const pictures = await readPictures(picturesFile(paths), work.context)
  await annotateAll(pictures, work)
  const captions = await captionPictures({ ...work, kept: findKept(pictures, work) })
  const summary = await writeAnnotations(pictures, captions, work).finally(() => captions.close())
  await writeFileAtomic(summaryFile(paths), JSON.stringify(summary))
  if (summary.accuracy) reportAccuracy(summary.accuracy, report)
  const problem = findTooManyRejects(summary, config.dataset.max_rejects)
  if (problem === null) return summary
  throw new UserError(problem.message, { code: 'too-many-rejects', reason: 'dataset', hint: problem.hint })
}

function openAnnotatorOf(
  { config: { condition, dataset }, facts, signal }: StageContext,
  source: PictureSource,
): Promise<PictureAnnotator> {
  const options = { source, workers: availableParallelism(), signal }
  if (!needsFaces({ condition, dataset })) return Promise.resolve(openWithoutFaces(options))
  if (condition.annotator === 'embedded') return openEmbedded(condition.quality, options)
  if (condition.annotator === 'spiga') return openSpiga(condition.quality, options)
  const { landmarks } = condition
  const place = landmarks === undefined ? null : resolve(facts.workingDirectory, landmarks)
  return openLandmarkFiles(place, options)
}

function needsFaces({ condition, dataset }: Pick<Config, 'condition' | 'dataset'>): boolean {
  return condition.kind === 'face-landmarks' || dataset.crop === 'face'
}

/** Each content once: the first of equal pictures stands for all. */
async function readPictures(file: string, context: StageContext): Promise<PictureList> {
  const pictures: Picture[] = []
  const first = new Map<string, Picture>()
  for await (const read of readNdjson<Picture>(file)) {
    const picture = awaitCaption(read, context)
    pictures.push(picture)
    const key = contentKey(picture)
    if (!first.has(key)) first.set(key, picture)
  }
  return { pictures, first }
}

interface PictureList {
  readonly pictures: readonly Picture[]
  /** By content. */
  readonly first: ReadonlyMap<string, Picture>
}

interface Work {
  readonly annotator: PictureAnnotator
  readonly journal: Journal<Finding>
  readonly context: StageContext
  readonly source: PictureSource
}

/** Afterwards the journal knows every picture. What it knows already is not looked at again, and counted first. */
async function annotateAll(
  { pictures, first }: PictureList,
  { annotator, journal, context }: Work,
): Promise<void> {
  const { config, report, signal } = context
  const progress = reportProgress({
    report,
    stage: 'annotate-images',
    total: pictures.length,
    unit: 'pictures',
  })
  const counts = new LiveCounts()
  const count = (picture: Picture, finding: Finding): void =>
    counts.add(planRows(picture, finding, config.dataset, needsFaces(config))[0]!.rejected)
  for (let copies = pictures.length - first.size; copies > 0; copies--) counts.add({ code: 'duplicate' })
  const open: OpenPicture[] = []
  await forEachConcurrent(first.values(), annotator.width, async (picture) => {
    signal.throwIfAborted()
    if (picture.problem !== undefined) return counts.add(picture.problem)
    const key = await annotator.key(picture)
    const known = journal.has(key) ? await journal.read(key) : null
    if (known === null || 'error' in known) open.push({ picture, key, hasFailed: known !== null })
    else count(picture, known)
  })
  counts.markKnown()
  progress(counts.done, counts.describe)
  await forEachConcurrent(open, annotator.width, async ({ picture, key, hasFailed }) => {
    signal.throwIfAborted()
    const finding = roundFinding(await annotator.find(picture))
    if (!hasFailed || !('error' in finding)) await journal.append(key, finding)
    count(picture, finding)
    progress(counts.done, counts.describe)
  })
}

/** A picture whose finding is not known. */
interface OpenPicture {
  readonly picture: Picture
  readonly key: string
  /** What failed before is tried again, but not written down twice. */
  readonly hasFailed: boolean
}

async function readFinding(picture: Picture, { annotator, journal }: Work): Promise<Finding> {
  if (picture.problem !== undefined) return { error: picture.problem }
  return journal.read(await annotator.key(picture))
}

function roundFinding(finding: Finding): Finding {
  return 'error' in finding ? finding : { ...finding, faces: finding.faces.map(roundFace) }
}

/** What is left out only if nobody writes a caption for it. */
async function* findKept({ first }: PictureList, work: Work): AsyncGenerator<Kept> {
  const { config } = work.context
  for (const picture of first.values()) {
    const [row] = planRows(picture, await readFinding(picture, work), config.dataset, needsFaces(config))
    if (row?.rejected === null && row.sha256 !== null) yield { path: picture.source, sha256: row.sha256 }
  }
}

async function writeAnnotations(
  { pictures, first }: PictureList,
  captions: WrittenCaptions,
  work: Work,
): Promise<AnnotationSummary> {
  const { annotator, context } = work
  const { config, paths } = context
  const tally = new AnnotationTally(context, work.source)
  const output = await openAtomicFile(paths.annotations)
  try {
    for (const picture of pictures) {
      const original = first.get(contentKey(picture))!
      const finding = await readFinding(original, work)
      const rows =
        original === picture
          ? planRows(await captions.give(picture, finding), finding, config.dataset, needsFaces(config))
          : [rejectPicture(picture, { code: 'duplicate', message: `the same picture as ${original.source}` })]
      await output.write(rows.map(formatAnnotation).join(''))
      await tally.add(rows)
    }
    await output.commit()
  } finally {
    await output.discard()
  }
  return tally.summarise({ name: config.condition.annotator, identity: annotator.identity })
}

function reportAccuracy(
  { found, of, errorPercent }: NonNullable<AnnotationSummary['accuracy']>,
  report: StageContext['report'],
): void {
  report({ type: 'metric', name: 'landmark-found-percent', value: (100 * found) / of })
  report({ type: 'metric', name: 'landmark-error-percent', value: errorPercent })
}
