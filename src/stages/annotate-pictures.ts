/** Has every content looked at once, and keeps what was found in a journal. */
import { roundFace } from '../dataset/annotation.ts'
import { contentKey, type Picture } from '../dataset/pictures.ts'
import { planRowRules, planRows, type Finding } from '../dataset/rows.ts'
import { forEachConcurrent } from '../tools/concurrent.ts'
import type { Journal } from '../tools/journal.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import type { PictureAnnotator } from '../tools/picture-annotators.ts'
import type { PictureSource } from '../tools/sources/picture-source.ts'
import type { StageContext } from '../types.ts'
import { awaitCaption } from './caption-pictures.ts'
import { LiveCounts } from './live-counts.ts'
import { reportProgress } from './progress.ts'

export interface AnnotateWork {
  readonly annotator: PictureAnnotator
  readonly journal: Journal<Finding>
  readonly context: StageContext
  readonly source: PictureSource
  /** Under which findings are kept. An annotator may have to read files to tell, so each is asked for once. */
  readonly keys: WeakMap<Picture, string>
}

export interface PictureList {
  readonly pictures: readonly Picture[]
  /** By what is looked at: the first of equal pictures stands for all. */
  readonly first: ReadonlyMap<string, Picture>
}

export async function readPictures(file: string, context: StageContext): Promise<PictureList> {
  const pictures: Picture[] = []
  const first = new Map<string, Picture>()
  for await (const read of readNdjson<Picture>(file)) {
    const picture = awaitCaption(read, context)
    pictures.push(picture)
    const key = whatIsLookedAt(picture)
    if (!first.has(key)) first.set(key, picture)
  }
  return { pictures, first }
}

/** A pair is more than its picture, and one that is of no use from the start says nothing of its copies. */
function whatIsLookedAt(picture: Picture): string {
  const { source, conditioning, problem } = picture
  if (problem !== undefined) return JSON.stringify([source, problem.code])
  return conditioning === null ? contentKey(picture) : JSON.stringify([contentKey(picture), conditioning])
}

/** Afterwards the journal knows every picture. What it knows already is not looked at again, and counted first. */
export async function annotatePictures(list: PictureList, work: AnnotateWork): Promise<void> {
  const { annotator, journal, context } = work
  const { config, report, signal } = context
  const total = list.pictures.length
  const progress = reportProgress({ report, stage: 'annotate-images', total, unit: 'pictures' })
  const counts = new LiveCounts()
  const rules = planRowRules(config)
  const count = (picture: Picture, finding: Finding): void =>
    counts.add(planRows(picture, finding, rules)[0]!.rejected)
  const copy = config.dataset.filters.duplicates === 'keep' ? null : ({ code: 'duplicate' } as const)
  for (let copies = total - list.first.size; copies > 0; copies--) counts.add(copy)
  const open: OpenPicture[] = []
  await forEachConcurrent(list.first.values(), annotator.width, async (picture) => {
    signal.throwIfAborted()
    if (picture.problem !== undefined) return counts.add(picture.problem)
    const key = await keyOf(picture, work)
    const known = journal.has(key) ? journal.read(key) : null
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

function roundFinding(finding: Finding): Finding {
  return 'error' in finding ? finding : { ...finding, faces: finding.faces.map(roundFace) }
}

export interface FoundPicture {
  /** In the list. */
  readonly place: number
  readonly picture: Picture
  readonly finding: Finding
}

/** What the journal knows, in the order of the list. Of equal pictures one was looked at, and that holds for all. */
export async function* readFindings(
  { pictures, first }: PictureList,
  work: AnnotateWork,
): AsyncGenerator<FoundPicture> {
  for (const [place, picture] of pictures.entries()) {
    yield { place, picture, finding: await readFinding(first.get(whatIsLookedAt(picture))!, work) }
  }
}

async function readFinding(picture: Picture, work: AnnotateWork): Promise<Finding> {
  if (picture.problem !== undefined) return { error: picture.problem }
  return work.journal.read(await keyOf(picture, work))
}

async function keyOf(picture: Picture, { annotator, keys }: AnnotateWork): Promise<string> {
  const known = keys.get(picture)
  if (known !== undefined) return known
  const key = await annotator.key(picture)
  keys.set(picture, key)
  return key
}
