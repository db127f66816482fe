/** Why a picture, or one row of it, is left out. */
import type { Config } from '../../types.ts'
import type { Annotation } from './annotation.ts'
import { findMissingColumn, planCaption, type CaptionSource } from '../captions/captions.ts'
import type { Face } from '../../faces/face.ts'
import { NO_CUES } from '../../faces/face-cues.ts'
import { findFaceProblem } from './face-filters.ts'
import type { SourcePicture } from '../source-picture.ts'
import type { Reject } from './rejects.ts'

/** Of the base model's tokenizer, or an estimate of it. */
export interface CaptionRuler {
  /** Tokens, its start and end among them. */
  count(caption: string): number
  /** More tokens are cut off. */
  readonly limit: number
}

export interface RowRules {
  readonly dataset: Config['dataset']
  /** False: there need not be any faces, and none are used. */
  readonly needsFaces: boolean
  /** Without one no caption is too long. */
  readonly ruler?: CaptionRuler
}

/** A crop is never enlarged more than this. */
const MAX_ENLARGEMENT = 4
/** A face is at least this share of its crop: smaller ones are a smudge in the conditioning image. */
const MIN_FACE_SHARE = 1 / 16

/** What is known before the faces are looked at. Whether landmarks say enough to fill a template is known later. */
export function findCaptionProblem(picture: SourcePicture, captions: CaptionSource): Reject | null {
  const { source, caption, values } = picture
  const column = findMissingColumn(captions, values)
  if (column !== null)
    return { code: 'no-caption', message: `it has no ${column}, which the caption template names` }
  if (picture.isCaptionPending === true || 'template' in captions) return null
  if (planCaption(captions, caption, { source, values, cues: NO_CUES }) !== null) return null
  return { code: 'no-caption', message: picture.captionProblem ?? explainNoCaption(values, captions) }
}

function explainNoCaption(values: SourcePicture['values'], captions: CaptionSource): string {
  if (!('column' in captions)) return 'its caption file is missing or empty'
  const column = JSON.stringify(captions.column)
  return Object.hasOwn(values, captions.column) ? `its ${column} is empty` : `nothing gives it a ${column}`
}

/** `sure`: those of the faces that are confident enough. */
export function findCountProblem(
  faces: readonly Face[],
  sure: readonly Face[],
  { faces: rule, filters }: Config['dataset'],
): Reject | null {
  if (faces.length === 0) return { code: 'no-face', message: 'no face found' }
  if (sure.length === 0) {
    const best = Math.max(...faces.map(({ score }) => score)).toFixed(2)
    const message = `its face has a score of ${best}; at least ${filters.min_confidence} is asked for`
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
  { dataset: { filters }, ruler }: RowRules,
): Reject | null {
  if (caption === null) return { code: 'no-caption', message: 'nothing is known that its caption could say' }
  if (filters.long_captions === 'keep' || !ruler || (tokens ?? 0) <= ruler.limit) return null
  const message = `its caption has ${tokens} tokens; the text encoder takes ${ruler.limit}`
  return { code: 'long-caption', message }
}
