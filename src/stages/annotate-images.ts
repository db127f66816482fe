/** Finds the landmarks of every picture, and decides what becomes a row of the dataset and what is left out. */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { formatAnnotation, roundFace } from '../dataset/annotation.ts'
import {
  findTooManyRejects,
  formatSummary,
  type AnnotationSummary,
  type CaptionLengths,
} from '../dataset/annotation-summary.ts'
import { contentKey, type Picture } from '../dataset/pictures.ts'
import { formatCount } from '../dataset/rejects.ts'
import { DuplicateJudge } from '../dataset/duplicate-rows.ts'
import { planRows, type CaptionRuler, type Finding } from '../dataset/rows.ts'
import { findingsFile, picturesFile, stampFile, summaryFile } from '../dataset/work-files.ts'
import { UserError } from '../errors.ts'
import { openCaptionRuler } from '../tools/caption-ruler.ts'
import { openAtomicFile, writeFileAtomic } from '../tools/atomic-write.ts'
import { forEachConcurrent } from '../tools/concurrent.ts'
import { openJournal, type Journal } from '../tools/journal.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import {
  openEmbedded,
  openLandmarkFiles,
  openWithoutFaces,
  type PictureAnnotator,
} from '../tools/picture-annotators.ts'
import type { PictureSource } from '../tools/sources/picture-source.ts'
import type { Stage, StageContext } from '../types.ts'
import { AnnotationTally } from './annotation-tally.ts'
import { openConfigSource } from './open-source.ts'
import { reportProgress } from './progress.ts'

export const annotateImages: Stage = {
  spec: {
    name: 'annotate-images',
    title: 'annotate',
    version: 3,
    failure: 'dataset',
    needed: () => true,
    after: ['collect-images'],
    settings: ({ config: { condition, dataset } }) => ({
      annotator: condition.annotator,
      landmarks: condition.landmarks ?? null,
      quality: condition.quality,
      crop: dataset.crop,
      faces: dataset.faces,
      resolution: dataset.resolution,
      captions: dataset.captions,
      filters: dataset.filters,
      max_rejects: dataset.max_rejects,
    }),
    inputs: () => null,
    outputs: ({ paths }) => [paths.annotations, summaryFile(paths)],
    stamp: ({ paths }) => stampFile(paths, 'annotate-images'),
    commands: () => [],
    summary: ({ config: { condition }, facts }) =>
      `${formatCount(facts.source.pictures)} pictures by ${condition.annotator === 'files' ? 'landmark files' : condition.annotator}`,
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

async function annotate(work: Work): Promise<AnnotationSummary> {
  const { config, paths, report } = work.context
  const pictures = await readPictures(picturesFile(paths))
  await annotateAll(pictures, work)
  const summary = await writeAnnotations(pictures, work)
  await writeFileAtomic(summaryFile(paths), JSON.stringify(summary))
  if (summary.accuracy) reportAccuracy(summary.accuracy, report)
  reportLongCaptions(summary.captions, report)
  const problem = findTooManyRejects(summary, config.dataset.max_rejects)
  if (problem === null) return summary
  throw new UserError(problem.message, { code: 'too-many-rejects', reason: 'dataset', hint: problem.hint })
}

function openAnnotatorOf(
  { config: { condition, dataset }, facts, signal }: StageContext,
  source: PictureSource,
): Promise<PictureAnnotator> {
  const options = { source, workers: availableParallelism(), signal }
  const needsFaces = condition.kind === 'face-landmarks' || dataset.crop === 'face'
  if (!needsFaces) return Promise.resolve(openWithoutFaces(options))
  if (condition.annotator === 'embedded') return openEmbedded(condition.quality, options)
  const { landmarks } = condition
  const folder = landmarks === undefined ? null : resolve(facts.workingDirectory, landmarks)
  const readLandmarks = (path: string): Promise<Buffer | null> =>
    folder === null ? source.readBeside(path) : readFile(join(folder, path)).catch(() => null)
  return Promise.resolve(openLandmarkFiles({ ...options, readLandmarks }))
}

/** Each content once: the first of equal pictures stands for all. */
async function readPictures(file: string): Promise<PictureList> {
  const pictures: Picture[] = []
  const first = new Map<string, Picture>()
  for await (const picture of readNdjson<Picture>(file)) {
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

/** Afterwards the journal knows every picture. What it knows already is not looked at again. */
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
  let done = pictures.length - first.size
  let rejected = config.dataset.filters.duplicates === 'keep' ? 0 : done
  await forEachConcurrent(first.values(), annotator.width, async (picture) => {
    signal.throwIfAborted()
    const finding = await findOnce(picture, annotator, journal)
    if (planRows(picture, finding, config.dataset)[0]?.rejected) rejected++
    done++
    progress(done, `${formatCount(done - rejected)} kept, ${formatCount(rejected)} rejected`)
  })
}

/** What was found before is not looked for again; what failed before is tried again. */
async function findOnce(
  picture: Picture,
  annotator: PictureAnnotator,
  journal: Journal<Finding>,
): Promise<Finding> {
  const key = await annotator.key(picture)
  const known = journal.has(key) ? await journal.read(key) : null
  if (known !== null && !('error' in known)) return known
  const finding = roundFinding(await annotator.find(picture))
  if (known === null || !('error' in finding)) await journal.append(key, finding)
  return finding
}

function roundFinding(finding: Finding): Finding {
  return 'error' in finding ? finding : { ...finding, faces: finding.faces.map(roundFace) }
}

async function writeAnnotations(list: PictureList, work: Work): Promise<AnnotationSummary> {
  const { annotator, context, source } = work
  const { config, paths } = context
  const ruler = await openCaptionRuler(paths.baseModel)
  const tally = new AnnotationTally(context, { source, ruler })
  const duplicates = await findDuplicates(list, ruler, work)
  const output = await openAtomicFile(paths.annotations)
  try {
    for await (const { place, picture, finding } of readFindings(list, work)) {
      const rows = duplicates.judge(place, picture, planRows(picture, finding, config.dataset, ruler))
      await output.write(rows.map(formatAnnotation).join(''))
      await tally.add(rows)
    }
    await output.commit()
  } finally {
    await output.discard()
  }
  return tally.summarise({ name: config.condition.annotator, identity: annotator.identity })
}

/** A pass of its own: which picture repeats which is known when all are known. */
async function findDuplicates(list: PictureList, ruler: CaptionRuler, work: Work): Promise<DuplicateJudge> {
  const { dataset } = work.context.config
  const judge = new DuplicateJudge(dataset.filters.duplicates)
  for await (const { place, picture, finding } of readFindings(list, work))
    judge.add(place, picture, finding, planRows(picture, finding, dataset, ruler))
  return judge
}

interface FoundPicture {
  /** In the list. */
  readonly place: number
  readonly picture: Picture
  readonly finding: Finding
}

/** Of equal pictures one was looked at: what was found there holds for all. */
async function* readFindings(
  { pictures, first }: PictureList,
  { annotator, journal }: Work,
): AsyncGenerator<FoundPicture> {
  for (const [place, picture] of pictures.entries()) {
    const finding = await journal.read(await annotator.key(first.get(contentKey(picture))!))
    yield { place, picture, finding }
  }
}

function reportLongCaptions(
  { over_limit: count, longest, limit, counted }: CaptionLengths,
  report: StageContext['report'],
): void {
  if (count === 0) return
  const about = counted === 'estimated' ? 'about ' : ''
  const message =
    `${formatCount(count)} ${count === 1 ? 'caption is' : 'captions are'} longer than the ${limit} tokens that the text ` +
    `encoder takes (the longest has ${about}${longest}): what is beyond is cut off in training.`
  report({ type: 'warning', code: 'long-captions', message })
}

function reportAccuracy(
  { found, of, errorPercent }: NonNullable<AnnotationSummary['accuracy']>,
  report: StageContext['report'],
): void {
  report({ type: 'metric', name: 'landmark-found-percent', value: (100 * found) / of })
  report({ type: 'metric', name: 'landmark-error-percent', value: errorPercent })
}
