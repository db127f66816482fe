/** Annotates each distinct picture once, and stores the findings in a journal. */
import { roundFace } from '../../dataset/annotations/annotation.ts'
import { DuplicateFilter } from '../../dataset/duplicates/duplicate-rows.ts'
import { contentKey, type SourcePicture } from '../../dataset/source-picture.ts'
import type { RowRules } from '../../dataset/annotations/row-problems.ts'
import { planRows, type Finding } from '../../dataset/annotations/rows.ts'
import { forEachConcurrent } from '../../tools/concurrent.ts'
import type { Journal } from '../../tools/files/journal.ts'
import { readNdjson } from '../../tools/files/ndjson-file.ts'
import type { PictureAnnotator } from '../../annotators/picture-annotators.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { StageContext } from '../../types.ts'
import { awaitCaption } from './caption-pictures.ts'
import { LiveCounts } from './live-counts.ts'
import { reportProgress } from '../progress.ts'

export interface AnnotateWork {
  readonly annotator: PictureAnnotator
  readonly journal: Journal<Finding>
  readonly context: StageContext
  readonly source: PictureSource
  readonly rules: RowRules
  /** Index in the list of pictures → position of the finding in the journal. */
  readonly found: number[]
}

export interface PictureList {
  readonly pictures: readonly SourcePicture[]
  /** For each picture, the index of the first identical one, which is annotated for all of them (often its own index). */
  readonly originals: readonly number[]
}

export async function readPictures(file: string, context: StageContext): Promise<PictureList> {
  const pictures: SourcePicture[] = []
  const originals: number[] = []
  const places = new Map<string, number>()
  for await (const read of readNdjson<SourcePicture>(file)) {
    const picture = awaitCaption(read, context)
    const place = pictures.push(picture) - 1
    const key = whatIsLookedAt(picture)
    const original = places.get(key) ?? place
    if (original === place) places.set(key, place)
    originals.push(original)
  }
  return { pictures, originals }
}

/**
 * Key of what is annotated. A pair is more than its picture, and a picture with a known problem says nothing about its copies.
 */
function whatIsLookedAt(picture: SourcePicture): string {
  const { source, conditioning, problem } = picture
  if (problem !== undefined) return JSON.stringify([source, problem.code])
  return conditioning === null ? contentKey(picture) : JSON.stringify([contentKey(picture), conditioning])
}

/**
 * Annotates all pictures that the journal does not know; known ones are counted first. Returns the duplicates, as far as
 * captions are known.
 */
export async function annotatePictures(list: PictureList, work: AnnotateWork): Promise<DuplicateFilter> {
  const { annotator, journal, context } = work
  const { report, signal } = context
  const count = new FindingCounter(list, work)
  const total = list.pictures.length
  const progress = reportProgress({ report, stage: 'annotate-images', total, unit: 'pictures' })
  const open = await findUnknown(list, work, count)
  count.live.markKnown()
  progress(count.live.done, count.live.describe)
  await forEachConcurrent(open, annotator.width, async ({ place, hasFailed }) => {
    signal.throwIfAborted()
    const { key, find } = await annotator.examine(list.pictures[place]!)
    const finding = roundFinding(await find())
    const isNews = !hasFailed || !('error' in finding)
    if (isNews) work.found[place] = journal.append(key, finding)
    count.add(place, finding)
    progress(count.live.done, count.live.describe)
  })
  return count.duplicates
}

/** A picture without a known finding. */
interface OpenPicture {
  readonly place: number
  /** True for a picture that failed before: it is tried again, but the same failure is not written again. */
  readonly hasFailed: boolean
}

async function findUnknown(
  list: PictureList,
  work: AnnotateWork,
  count: FindingCounter,
): Promise<OpenPicture[]> {
  const { annotator, journal, context } = work
  const looked = list.originals.filter((original, place) => original === place)
  const open: OpenPicture[] = []
  await forEachConcurrent(looked, annotator.width, async (place) => {
    context.signal.throwIfAborted()
    const { problem } = list.pictures[place]!
    if (problem !== undefined) return count.add(place, { error: problem })
    if (journal.isEmpty) return void open.push({ place, hasFailed: false })
    const { key } = await annotator.examine(list.pictures[place]!)
    const found = journal.find(key)
    const known = found === null ? null : journal.read(found)
    if (found !== null) work.found[place] = found
    if (known === null || 'error' in known) open.push({ place, hasFailed: known !== null })
    else count.add(place, known)
  })
  return open
}

/** Counts pictures as their findings become known, together with identical ones. */
class FindingCounter {
  readonly live = new LiveCounts()
  readonly duplicates: DuplicateFilter
  readonly #list: PictureList
  readonly #work: AnnotateWork
  /** Index of a picture → indexes of later identical ones. */
  readonly #copies = new Map<number, number[]>()

  constructor(list: PictureList, work: AnnotateWork) {
    this.#list = list
    this.#work = work
    this.duplicates = new DuplicateFilter(work.rules.dataset.filters.duplicates)
    for (const [place, original] of list.originals.entries()) {
      if (original === place) continue
      const copies = this.#copies.get(original) ?? []
      copies.push(place)
      this.#copies.set(original, copies)
    }
  }

  add(place: number, finding: Finding): void {
    const { rules } = this.#work
    const isKept = rules.dataset.filters.duplicates === 'keep'
    for (const each of [place, ...(this.#copies.get(place) ?? [])]) {
      const picture = this.#list.pictures[each]!
      const rows = planRows(picture, finding, rules)
      this.duplicates.add(each, picture, finding, rows)
      this.live.add(each === place || isKept ? rows[0]!.rejected : { code: 'duplicate' })
    }
  }
}

function roundFinding(finding: Finding): Finding {
  return 'error' in finding ? finding : { ...finding, faces: finding.faces.map(roundFace) }
}

export interface FoundPicture {
  /** Index in the list of pictures. */
  readonly place: number
  readonly picture: SourcePicture
  readonly finding: Finding
}

/** Yields the findings in the order of the list. Identical pictures share one finding. */
export function* readFindings(
  { pictures, originals }: PictureList,
  { journal, found }: AnnotateWork,
): Generator<FoundPicture> {
  for (const [place, picture] of pictures.entries()) {
    const original = originals[place]!
    const { problem } = pictures[original]!
    yield {
      place,
      picture,
      finding: problem === undefined ? journal.read(found[original]!) : { error: problem },
    }
  }
}
