/** Decides why a picture, or one of its rows, is rejected. */
import type { Config } from '../../types.ts'
import type { Annotation } from './annotation.ts'
import { findMissingColumn, planCaption, type CaptionSource } from '../captions/captions.ts'
import type { Face } from '../../faces/face.ts'
import { NO_ATTRIBUTES } from '../../faces/face-attributes.ts'
import { findFaceProblem } from './face-filters.ts'
import type { SourcePicture } from '../source-picture.ts'
import type { Reject } from './rejects.ts'

/** Counts tokens with the base model's tokenizer, or estimates them. */
export interface TokenCounter {
  /** Returns the number of tokens, start and end tokens included. */
  count(caption: string): number
  /** The text encoder cuts off tokens after this many. */
  readonly limit: number
}

export interface RowRules {
  readonly dataset: Config['dataset']
  /** False when the condition needs no faces. */
  readonly needsFaces: boolean
  /** Without one, no caption is rejected as too long. */
  readonly tokenCounter?: TokenCounter
}

/** A crop that would be enlarged more than this is too small. */
const MAX_ENLARGEMENT = 4
/** The smallest size of a face as a share of its crop; a smaller face is only a smudge in the conditioning image. */
const MIN_FACE_SHARE = 1 / 16

/** Checks what is known before faces are searched. Whether the landmarks can fill a template is checked later. */
export function findCaptionProblem(picture: SourcePicture, captions: CaptionSource): Reject | null {
  const { source, caption, values } = picture
  const column = findMissingColumn(captions, values)
  if (column !== null)
    return { code: 'no-caption', message: `it has no ${column}, which the caption template names` }
  if (picture.isCaptionPending === true || 'template' in captions) return null
  if (planCaption(captions, caption, { source, values, attributes: NO_ATTRIBUTES }) !== null) return null
  return { code: 'no-caption', message: picture.captionProblem ?? explainNoCaption(values, captions) }
}

function explainNoCaption(values: SourcePicture['values'], captions: CaptionSource): string {
  if (!('column' in captions)) return 'its caption file is missing or empty'
  const column = JSON.stringify(captions.column)
  return Object.hasOwn(values, captions.column) ? `its ${column} is empty` : `no row gives it a ${column}`
}

/** `sure` are those of the faces whose score is at least `min_confidence`. */
export function findCountProblem(
  faces: readonly Face[],
  sure: readonly Face[],
  { faces: rule, filters }: Config['dataset'],
): Reject | null {
  if (faces.length === 0) return { code: 'no-face', message: 'no face found' }
  if (sure.length === 0) {
    const best = Math.max(...faces.map(({ score }) => score)).toFixed(2)
    const message = `its face has a score of ${best}; at least ${filters.min_confidence} is required`
    return { code: 'low-confidence', message }
  }
  if (rule !== 'single' || sure.length === 1) return null
  return { code: 'several-faces', message: `${sure.length} faces found` }
}

export function findRowProblem(row: Annotation, config: Config['dataset']): Reject | null {
  const message = findSizeProblem(row, config.resolution)
  return message === null ? findFaceProblem(row, config.filters) : { code: 'too-small', message }
}

function findSizeProblem({ crop, face }: Annotation, resolution: number): string | null {
  const side = crop![2]
  const least = Math.ceil(resolution / MAX_ENLARGEMENT)
  if (side < least) return `its crop is ${side} px wide; ${resolution} px need at least ${least}`
  if (face === null) return null
  const faceSize = Math.max(face.box[2], face.box[3])
  if (faceSize >= side * MIN_FACE_SHARE) return null
  return `its face is ${Math.round(faceSize)} px in a crop of ${side} px; ${Math.ceil(side * MIN_FACE_SHARE)} px are needed`
}

export function findLengthProblem(
  { caption, caption_tokens: tokens }: Annotation,
  { dataset: { filters }, tokenCounter }: RowRules,
): Reject | null {
  if (caption === null) return { code: 'no-caption', message: 'its caption template gives an empty text' }
  if (filters.long_captions === 'keep' || !tokenCounter || (tokens ?? 0) <= tokenCounter.limit) return null
  const message = `its caption has ${tokens} tokens; the text encoder takes ${tokenCounter.limit}`
  return { code: 'long-caption', message }
}
