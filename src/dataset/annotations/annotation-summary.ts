/** What came out of `annotate-images`, in numbers: for its closing line, the manifest and the card. */
import type { Annotation } from './annotation.ts'
import type { ManifestAnnotator } from '../manifest.ts'
import type { CaptionLengths } from '../captions/caption-length.ts'
import type { DarkDrawings } from '../dark-drawing.ts'
import { formatRejectCounts, formatRejectRemedy, type RejectCounts } from './rejects.ts'
import { formatCount } from '../../words.ts'

/** Stands for the annotator where the condition needs no faces and none were looked for. */
export const NO_ANNOTATOR = 'none'

export interface AnnotationSummary {
  readonly annotator: ManifestAnnotator
  readonly pictures: number
  /** Rows that the dataset will have. */
  readonly kept: number
  readonly rejected: RejectCounts
  /** Some that can't be used, for people: `a.jpg: not a picture`. */
  readonly examples: readonly string[]
  readonly captions: CaptionLengths
  /** Left out where there are none. */
  readonly dark_conditioning?: DarkDrawings
  /** Against exact landmarks, where the source has them and they were not what was used; else null. */
  readonly accuracy: { readonly found: number; readonly of: number; readonly errorPercent: number } | null
}

/** `1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2 unreadable` */
export function formatSummary(summary: AnnotationSummary): string {
  const { annotator, kept, rejected, captions, accuracy, dark_conditioning: dark } = summary
  const thing = annotator.name === NO_ANNOTATOR ? 'picture' : 'face'
  const faces = `${formatCount(kept)} ${kept === 1 ? thing : `${thing}s`}`
  const count = sumRejects(rejected)
  return [
    count === 0 ? faces : `${faces}; ${formatCount(count)} rejected: ${formatRejectCounts(rejected)}`,
    ...(captions.over_limit === 0
      ? []
      : [`${formatCaptions(captions.over_limit)} with more than ${captions.limit} tokens`]),
    ...(dark === undefined
      ? []
      : [`${formatCount(dark.count)} nearly black conditioning ${dark.count === 1 ? 'image' : 'images'}`]),
    ...(accuracy === null
      ? []
      : [`landmark error ${accuracy.errorPercent.toFixed(1)} % of the eye distance`]),
  ].join('; ')
}

function formatCaptions(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'caption' : 'captions'}`
}

/** Enough of them to know where to look. */
export const MAX_EXAMPLES = 3

/** `a.jpg: not a picture`; null for what is kept, and for duplicates: they speak against nothing. */
export function formatExample({ source, rejected }: Annotation): string | null {
  if (rejected === null || rejected.code === 'duplicate' || rejected.code === 'near-duplicate') return null
  return `${source}: ${rejected.message}`
}

interface Allowed {
  readonly maxRejects: string
  /** Where all that was left out is listed, as people call it. */
  readonly list: string
}

/**
 * Null unless more pictures can't be used than the share allows, or none is left. Duplicates speak against nothing: a folder
 * with every photo twice is a good one.
 */
export function findTooManyRejects(
  { pictures, kept, rejected, examples }: AnnotationSummary,
  { maxRejects, list }: Allowed,
): { message: string; hint: string } | null {
  const { duplicate = 0, 'near-duplicate': nearDuplicate = 0, ...problems } = rejected
  const count = sumRejects(problems)
  const others = pictures - duplicate - nearDuplicate
  if (kept > 0 && count <= (others * Number.parseFloat(maxRejects)) / 100) return null
  const share = formatPercent((100 * count) / others)
  const allowed = kept === 0 ? 'none is left' : `dataset.max_rejects allows ${maxRejects}`
  const remedy = formatRejectRemedy(problems)
  return {
    message:
      `${formatCount(count)} of ${formatCount(others)} pictures (${share}) can't be used, and ${allowed}: ` +
      `${formatRejectCounts(problems)}.`,
    hint:
      `${kept === 0 ? remedy : `${remedy}; or raise dataset.max_rejects`}. ` +
      (count > examples.length
        ? `Some of them: ${examples.join('; ')}. ${list} lists them all.`
        : `${examples.join('; ')}.`),
  }
}

export function sumRejects(rejected: RejectCounts): number {
  return Object.values(rejected).reduce((sum, count) => sum + count, 0)
}

function formatPercent(value: number): string {
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} %`
}
