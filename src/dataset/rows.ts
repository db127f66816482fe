/** From one picture and the faces found in it to the rows of the dataset: the pure middle of `annotate-images`. */
import type { Config } from '../types.ts'
import type { Annotation } from './annotation.ts'
import { findMissingColumn, isDropped, planCaption, type CaptionSource } from './captions.ts'
import { planCrop } from './crop.ts'
import type { Face } from './face.ts'
import { describeFace, NO_CUES } from './face-cues.ts'
import { findFaceProblem } from './face-filters.ts'
import { estimatePose } from './face-pose.ts'
import type { Picture } from './pictures.ts'
import type { Reject } from './rejects.ts'

/** What an annotator says of one picture. `error` stands for a picture that it could not use at all. */
export type Finding =
  | {
      /** Of the picture's bytes. */
      readonly sha256: string
      readonly width: number
      readonly height: number
      readonly faces: readonly Face[]
      /** See `likeness.ts`. */
      readonly likeness: string
    }
  | { readonly error: Reject }

/** A crop is never enlarged more than this. */
const MAX_ENLARGEMENT = 4
/** A face is at least this share of its crop: smaller ones are a smudge in the conditioning image. */
const MIN_FACE_SHARE = 1 / 16

/** Of the base model's tokenizer, or an estimate of it. */
export interface CaptionRuler {
  /** Tokens, its start and end among them. */
  count(caption: string): number
  /** More tokens are cut off. */
  readonly limit: number
}

/** At least one row; a picture that is left out gives one row that says why. Without a ruler no caption is too long. */
export function planRows(
  picture: Picture,
  finding: Finding,
  config: Config['dataset'],
  ruler?: CaptionRuler,
): Annotation[] {
  if ('error' in finding) return [rejectPicture(picture, finding.error)]
  const size = [finding.width, finding.height] as const
  const { sha256 } = finding
  const reject = (rejected: Reject): Annotation[] => [{ ...rejectPicture(picture, rejected), sha256, size }]
  const faces = largestFirst(finding.faces)
  const sure = faces.filter(({ score }) => score >= config.filters.min_confidence)
  const problem = findCaptionProblem(picture, config.captions) ?? findCountProblem(faces, sure, config)
  if (problem !== null) return reject(problem)
  const rows = chooseRows(sure, config).map((row, index) =>
    cropRow({ ...picture, sha256 }, size, row, index, config),
  )
  const problems = rows.map((row) => findRowProblem(row, config))
  const whole = rows
    .filter((_, index) => problems[index] === null)
    .map((row) => ({ ...row, ...writeCaption(row, picture, config.captions, ruler) }))
  if (whole.length === 0) return reject(problems[0]!)
  const short = whole.filter((row) => findLengthProblem(row, config, ruler) === null)
  return short.length > 0 ? short : reject(findLengthProblem(whole[0]!, config, ruler)!)
}

export function rejectPicture(picture: Picture, rejected: Reject): Annotation {
  const { id, source, sha256, caption, conditioning } = picture
  return { id, source, sha256, rejected, size: null, face: null, crop: null, caption, conditioning }
}

function largestFirst(faces: readonly Face[]): Face[] {
  return [...faces].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3] || b.score - a.score)
}

interface Row {
  readonly face: Face
  readonly more: readonly Face[]
}

function chooseRows(faces: readonly Face[], { faces: rule, crop }: Config['dataset']): Row[] {
  const [face, ...more] = faces as [Face, ...Face[]]
  if (rule !== 'all') return [{ face, more: [] }]
  return crop === 'face' ? faces.map((each) => ({ face: each, more: [] })) : [{ face, more }]
}

function cropRow(
  picture: Picture,
  size: readonly [number, number],
  { face, more }: Row,
  index: number,
  config: Config['dataset'],
): Annotation {
  const { x, y, side } = planCrop({ width: size[0], height: size[1], crop: config.crop, box: face.box })
  const pose = estimatePose(face.landmarks)
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
  }
}

function findCaptionProblem({ source, caption, values }: Picture, captions: CaptionSource): Reject | null {
  const column = findMissingColumn(captions, values)
  if (column !== null)
    return { code: 'no-caption', message: `it has no ${column}, which the caption template names` }
  // Whether the landmarks say enough to fill a template is known later.
  if ('template' in captions || planCaption(captions, caption, { source, values, cues: NO_CUES }) !== null)
    return null
  return { code: 'no-caption', message: 'its caption file is missing or empty' }
}

function findCountProblem(
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

function findRowProblem(row: Annotation, config: Config['dataset']): Reject | null {
  const message = findSizeProblem(row, config.resolution)
  return message === null ? findFaceProblem(row, config.filters) : { code: 'too-small', message }
}

type Captioned = Pick<Annotation, 'caption' | 'caption_tokens'>

/** What the text column will hold: empty where the picture is among those whose captions are dropped. */
function writeCaption(
  { sha256, face, pose }: Annotation,
  { source, caption, values }: Picture,
  captions: CaptionSource,
  ruler: CaptionRuler | undefined,
): Captioned {
  const cues = describeFace(face!.landmarks, pose ?? null)
  const written = isDropped(captions, sha256!) ? '' : planCaption(captions, caption, { source, values, cues })
  return { caption: written, ...(ruler && written !== null && { caption_tokens: ruler.count(written) }) }
}

function findLengthProblem(
  { caption, caption_tokens: tokens }: Annotation,
  { filters }: Config['dataset'],
  ruler: CaptionRuler | undefined,
): Reject | null {
  if (caption === null) return { code: 'no-caption', message: 'nothing is known that its caption could say' }
  if (filters.long_captions === 'keep' || !ruler || (tokens ?? 0) <= ruler.limit) return null
  const message = `its caption has ${tokens} tokens; the text encoder takes ${ruler.limit}`
  return { code: 'long-caption', message }
}

function findSizeProblem({ crop, face }: Annotation, resolution: number): string | null {
  const side = crop![2]
  const least = Math.ceil(resolution / MAX_ENLARGEMENT)
  if (side < least) return `its crop is ${side} px wide; ${resolution} px need at least ${least}`
  const faceSize = Math.max(face!.box[2], face!.box[3])
  if (faceSize >= side * MIN_FACE_SHARE) return null
  return `its face is ${Math.round(faceSize)} px in a crop of ${side} px; ${Math.ceil(side * MIN_FACE_SHARE)} px are needed`
}
