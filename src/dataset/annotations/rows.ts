/** Turns one picture and its faces into rows of the dataset: the pure part of `annotate-images`. */
import { needsFaces } from '../../conditions/needs-faces.ts'
import type { Config } from '../../types.ts'
import type { Annotation } from './annotation.ts'
import { isDropped, planCaption, type CaptionSource } from '../captions/captions.ts'
import { planCrop } from '../../raster/crop.ts'
import type { Face } from '../../faces/face.ts'
import { describeFace, NO_ATTRIBUTES } from '../../faces/face-attributes.ts'
import { estimatePose } from '../../faces/face-pose.ts'
import type { SourcePicture } from '../source-picture.ts'
import type { Reject } from './rejects.ts'
import {
  findCaptionProblem,
  findCountProblem,
  findLengthProblem,
  findRowProblem,
  type TokenCounter,
  type RowRules,
} from './row-problems.ts'

/** The annotator's result for one picture; `error` when the picture could not be used at all. */
export type Finding =
  | {
      /** sha256 of the picture's bytes. */
      readonly sha256: string
      readonly width: number
      readonly height: number
      readonly faces: readonly Face[]
      /** Perceptual hash of the picture, see `likeness.ts`. */
      readonly likeness: string
      /** Largest value of its ready-made conditioning image; only when that is nearly black, see `dark-drawing.ts`. */
      readonly conditioningLevel?: number
    }
  | { readonly error: Reject }

/** Takes from the config what decides about rows. */
export function planRowRules(config: Config, tokenCounter?: TokenCounter): RowRules {
  return { dataset: config.dataset, needsFaces: needsFaces(config), ...(tokenCounter && { tokenCounter }) }
}

/** Returns at least one row; for a rejected picture, one row that tells why. */
export function planRows(picture: SourcePicture, finding: Finding, rules: RowRules): Annotation[] {
  if ('error' in finding) return [rejectPicture(picture, finding.error)]
  const size = [finding.width, finding.height] as const
  const { sha256, conditioningLevel: level } = finding
  const reject = (rejected: Reject): Annotation[] => [{ ...rejectPicture(picture, rejected), sha256, size }]
  const { dataset } = rules
  const { faces, problem } = chooseFaces(finding.faces, rules)
  const early = findCaptionProblem(picture, dataset.captions) ?? problem
  if (early !== null) return reject(early)
  const rows = faces.map((each, index) =>
    cropRow({ ...picture, sha256 }, { ...each, size, index, dataset, level }),
  )
  const problems = rows.map((row) => findRowProblem(row, dataset))
  const whole = rows
    .filter((_, index) => problems[index] === null)
    .map((row) => ({ ...row, ...writeCaption(row, picture, rules) }))
  if (whole.length === 0) return reject(problems[0]!)
  if (picture.isCaptionPending === true) return whole
  const short = whole.filter((row) => findLengthProblem(row, rules) === null)
  return short.length > 0 ? short : reject(findLengthProblem(whole[0]!, rules)!)
}

export function rejectPicture(picture: SourcePicture, rejected: Reject): Annotation {
  const { id, source, sha256, caption, conditioning } = picture
  return { id, source, sha256, rejected, size: null, face: null, crop: null, caption, conditioning }
}

interface RowFaces {
  /** Null when the row is about the whole picture. */
  readonly face: Face | null
  readonly more: readonly Face[]
}

function chooseFaces(
  found: readonly Face[],
  { dataset, needsFaces }: RowRules,
): { readonly faces: readonly RowFaces[]; readonly problem: Reject | null } {
  if (!needsFaces) return { faces: [{ face: null, more: [] }], problem: null }
  const faces = largestFirst(found)
  const sure = faces.filter(({ score }) => score >= dataset.filters.min_confidence)
  const problem = findCountProblem(faces, sure, dataset)
  return problem === null ? { faces: spreadFaces(sure, dataset), problem } : { faces: [], problem }
}

function largestFirst(faces: readonly Face[]): Face[] {
  return [...faces].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3] || b.score - a.score)
}

function spreadFaces(faces: readonly Face[], { faces: rule, crop }: Config['dataset']): RowFaces[] {
  const [face, ...more] = faces as [Face, ...Face[]]
  if (rule !== 'all') return [{ face, more: [] }]
  return crop === 'face' ? faces.map((each) => ({ face: each, more: [] })) : [{ face, more }]
}

interface RowShape extends RowFaces {
  readonly size: readonly [width: number, height: number]
  /** Number of the row among the rows of its picture. */
  readonly index: number
  /** Largest value of a conditioning image that is nearly black. */
  readonly level: number | undefined
  readonly dataset: Config['dataset']
}

function cropRow(picture: SourcePicture, { face, more, size, index, level, dataset }: RowShape): Annotation {
  const [width, height] = size
  const { x, y, side } = planCrop({ width, height, crop: dataset.crop, ...(face && { box: face.box }) })
  const pose = face && estimatePose(face.landmarks)
  return {
    id: index === 0 ? picture.id : `${picture.id}#${index + 1}`,
    source: picture.source,
    sha256: picture.sha256,
    rejected: null,
    size,
    face,
    ...(more.length > 0 && { more_faces: more }),
    ...(pose !== null && { pose }),
    crop: [x, y, side],
    caption: picture.caption,
    conditioning: picture.conditioning,
    ...(level !== undefined && { conditioning_level: level }),
  }
}

type Captioned = Pick<Annotation, 'caption' | 'caption_tokens'>

/**
 * Returns the row's caption: null when it can't be filled in, and empty when the picture is one of those whose captions are
 * dropped (`drop`).
 */
function writeCaption(
  { sha256, face, pose }: Annotation,
  { source, caption, values }: SourcePicture,
  { dataset, tokenCounter }: RowRules,
): Captioned {
  const { captions }: { captions: CaptionSource } = dataset
  const attributes = face === null ? NO_ATTRIBUTES : describeFace(face.landmarks, pose ?? null)
  const written = isDropped(captions, sha256!)
    ? ''
    : planCaption(captions, caption, { source, values, attributes })
  return {
    caption: written,
    ...(tokenCounter && written !== null && { caption_tokens: tokenCounter.count(written) }),
  }
}
