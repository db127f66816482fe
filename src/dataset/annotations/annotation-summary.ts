/** Counts of what `annotate-images` found, for its closing line, the manifest and the dataset card. */
import type { Annotation } from './annotation.ts'
import type { ManifestAnnotator } from '../manifest.ts'
import type { CaptionLengths } from '../captions/caption-length.ts'
import type { DarkDrawings } from '../dark-drawing.ts'
import { formatRejectCounts, formatRejectRemedy, type RejectCounts } from './rejects.ts'
import { formatCount } from '../../words.ts'

/** Takes the annotator's place when the condition needs no faces, so that none are searched. */
export const NO_ANNOTATOR = 'none'

export interface AnnotationSummary {
  readonly annotator: ManifestAnnotator
  readonly pictures: number
  /** Number of rows of the dataset. */
  readonly kept: number
  readonly rejected: RejectCounts
  /** Up to MAX_EXAMPLES unusable pictures, in words: `a.jpg: not a picture`. */
  readonly examples: readonly string[]
  readonly captions: CaptionLengths
  /** Left out when there are none. */
  readonly dark_conditioning?: DarkDrawings
  /** Accuracy of the annotator on exact landmarks; null when the source has none, and when they are the landmarks in use. */
  readonly accuracy: { readonly found: number; readonly of: number; readonly errorPercent: number } | null
}

/** Formats the summary: `1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2 unreadable`. */
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

/** A few examples are enough to start looking. */
export const MAX_EXAMPLES = 3

/**
 * Formats `a.jpg: not a picture`. Returns null for pictures that are kept, and for duplicates, which are no sign of a problem.
 */
export function formatExample({ source, rejected }: Annotation): string | null {
  if (rejected === null || rejected.code === 'duplicate' || rejected.code === 'near-duplicate') return null
  return `${source}: ${rejected.message}`
}

interface Allowed {
  readonly maxRejects: string
  /** The file that lists all rejected pictures, as messages name it. */
  readonly list: string
}

/**
 * Returns an error when more pictures are unusable than `maxRejects` allows, or when none is left; else null. Duplicates are
 * not counted: a folder that holds every photo twice is fine.
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
