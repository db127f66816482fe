/** Writes `annotations.ndjson` from the findings: rows, and rejected pictures with their reasons. */
import { formatAnnotation, type Annotation } from '../../dataset/annotations/annotation.ts'
import { NO_ANNOTATOR, type AnnotationSummary } from '../../dataset/annotations/annotation-summary.ts'
import { DuplicateFilter } from '../../dataset/duplicates/duplicate-rows.ts'
import { planRows } from '../../dataset/annotations/rows.ts'
import { openAtomicFile } from '../../tools/files/atomic-write.ts'
import type { CaptionTokenCounter } from '../../tools/captions/token-counter.ts'
import { readFindings, type AnnotateWork, type FoundPicture, type PictureList } from './annotate-pictures.ts'
import { AnnotationCounts } from './annotation-counts.ts'
import type { WrittenCaptions } from './caption-pictures.ts'
import type { Kept } from './caption-start.ts'

/** Yields the pictures that are kept if they get a caption, given the captions that are written so far. */
export async function* findKept(
  list: PictureList,
  captions: WrittenCaptions,
  work: AnnotateWork,
): AsyncGenerator<Kept> {
  const duplicates = await findDuplicates(list, captions, work)
  for await (const { place, picture, rows } of captionedRows(list, captions, work)) {
    const [row] = duplicates.apply(place, picture, rows)
    if (row?.rejected === null && row.sha256 !== null) yield { path: picture.source, sha256: row.sha256 }
  }
}

export interface AnnotationDecisions {
  readonly captions: WrittenCaptions
  readonly duplicates: DuplicateFilter
  readonly tokenCounter: CaptionTokenCounter
}

export async function writeAnnotations(
  list: PictureList,
  { captions, duplicates, tokenCounter }: AnnotationDecisions,
  work: AnnotateWork,
): Promise<AnnotationSummary> {
  const { annotator, context, rules, source } = work
  const { config, paths } = context
  const counts = new AnnotationCounts(context, { source, tokenCounter })
  const output = await openAtomicFile(paths.annotations)
  try {
    for await (const { place, picture, rows } of captionedRows(list, captions, work)) {
      const marked = duplicates.apply(place, picture, rows)
      await output.write(marked.map(formatAnnotation).join(''))
      await counts.add(marked)
    }
    await output.commit()
  } finally {
    await output.discard()
  }
  const name = rules.needsFaces ? config.condition.annotator : NO_ANNOTATOR
  return counts.summarise({ name, identity: annotator.identity })
}

interface CaptionedRows extends FoundPicture {
  readonly rows: readonly Annotation[]
}

async function* captionedRows(
  list: PictureList,
  captions: WrittenCaptions,
  work: AnnotateWork,
): AsyncGenerator<CaptionedRows> {
  for (const found of readFindings(list, work)) {
    const picture = await captions.give(found.picture, found.finding)
    yield { ...found, picture, rows: planRows(picture, found.finding, work.rules) }
  }
}

/** A pass of its own: duplicates can only be decided when all pictures are known. */
export async function findDuplicates(
  list: PictureList,
  captions: WrittenCaptions,
  work: AnnotateWork,
): Promise<DuplicateFilter> {
  const filter = new DuplicateFilter(work.rules.dataset.filters.duplicates)
  for await (const { place, picture, finding, rows } of captionedRows(list, captions, work))
    filter.add(place, picture, finding, rows)
  return filter
}
