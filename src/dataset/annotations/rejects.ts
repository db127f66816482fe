/** Reasons for rejecting a picture: a code for programs and a phrase for people. */
import { formatCount } from '../../words.ts'

export const REJECT_CODES = [
  'unreadable',
  'bad-row',
  'duplicate',
  'near-duplicate',
  'no-landmarks',
  'bad-landmarks',
  'no-face',
  'several-faces',
  'low-confidence',
  'too-small',
  'cut-face',
  'extreme-pose',
  'no-caption',
  'conditioning-missing',
  'conditioning-unreadable',
  'conditioning-mismatch',
  'conditioning-empty',
  'long-caption',
] as const
export type RejectCode = (typeof REJECT_CODES)[number]

export interface Reject {
  readonly code: RejectCode
  readonly message: string
}

export type RejectCounts = Partial<Record<RejectCode, number>>

/** Phrases after a number: `22 no face`, `1 duplicate`, `6 duplicates`. */
const PHRASES: Readonly<Record<RejectCode, readonly [one: string, many: string]>> = {
  unreadable: ['unreadable', 'unreadable'],
  'bad-row': ['unusable row', 'unusable rows'],
  duplicate: ['duplicate', 'duplicates'],
  'near-duplicate': ['near duplicate', 'near duplicates'],
  'no-landmarks': ['without landmark file', 'without landmark file'],
  'bad-landmarks': ['with unusable landmarks', 'with unusable landmarks'],
  'no-face': ['no face', 'no face'],
  'several-faces': ['with several faces', 'with several faces'],
  'low-confidence': ['with an uncertain face', 'with uncertain faces'],
  'too-small': ['too small', 'too small'],
  'cut-face': ['cut face', 'cut faces'],
  'extreme-pose': ['turned too far', 'turned too far'],
  'no-caption': ['without caption', 'without caption'],
  'conditioning-missing': ['without conditioning image', 'without conditioning image'],
  'conditioning-unreadable': ['with an unreadable conditioning image', 'with unreadable conditioning images'],
  'conditioning-mismatch': [
    'of another shape than its conditioning image',
    'of another shape than their conditioning images',
  ],
  'conditioning-empty': ['with an empty conditioning image', 'with empty conditioning images'],
  'long-caption': ['caption too long', 'captions too long'],
}

/** Advice for each code, in the order of `REJECT_CODES`. */
export const REJECT_REMEDIES: Readonly<Record<RejectCode, string>> = {
  unreadable: 'export unreadable pictures again as JPEG or PNG',
  'bad-row': 'correct the rows that are listed as left out',
  duplicate: 'remove duplicates',
  'near-duplicate': 'remove near duplicates, or set dataset.filters.duplicates: exact',
  'no-landmarks': 'put a landmark file beside each picture, or use condition.annotator: embedded',
  'bad-landmarks': 'correct the points that are listed as left out, or use condition.annotator: embedded',
  'no-face': 'use pictures in which faces are upright and well visible',
  'several-faces': 'set dataset.faces to largest or all',
  'too-small': 'use larger pictures, or a smaller dataset.resolution',
  'conditioning-missing': 'put a conditioning image where the source names it',
  'conditioning-unreadable': 'export unreadable conditioning images again as PNG',
  'conditioning-mismatch': 'make each conditioning image of the same shape as its picture',
  'conditioning-empty': 'remove pairs whose conditioning image shows nothing',
  'low-confidence': 'lower dataset.filters.min_confidence',
  'cut-face': 'use pictures that show whole faces, or set dataset.filters.cut_faces: keep',
  'extreme-pose': 'raise dataset.filters.max_pose',
  'no-caption': 'write a caption for each picture (docs/captions.md), or set dataset.captions.template',
  'long-caption': 'shorten captions, or set dataset.filters.long_captions: keep',
}

export function countRejects(rejects: Iterable<Reject>): RejectCounts {
  const counts: RejectCounts = {}
  for (const { code } of rejects) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/** Formats the counts, the most frequent first: `22 no face, 11 too small, 6 duplicates`. */
export function formatRejectCounts(counts: RejectCounts): string {
  return byFrequency(counts)
    .map((code) => `${formatCount(counts[code]!)} ${PHRASES[code][counts[code] === 1 ? 0 : 1]}`)
    .join(', ')
}

/** Returns one sentence with advice for the two most frequent reasons. */
export function formatRejectRemedy(counts: RejectCounts): string {
  const remedies = byFrequency(counts)
    .slice(0, 2)
    .map((code) => REJECT_REMEDIES[code])
  return capitalise(remedies.join('; '))
}

function byFrequency(counts: RejectCounts): RejectCode[] {
  const present = REJECT_CODES.filter((code) => (counts[code] ?? 0) > 0)
  return present.sort((a, b) => counts[b]! - counts[a]!)
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
