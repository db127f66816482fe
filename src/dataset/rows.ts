/** From one picture and the faces found in it to the rows of the dataset: the pure middle of `annotate-images`. */
import type { Config } from '../types.ts'
import type { Annotation } from './annotation.ts'
import { planCaption } from './captions.ts'
import { planCrop } from './crop.ts'
import type { Face } from './face.ts'
import type { Picture } from './pictures.ts'
import type { Reject, RejectCode } from './rejects.ts'

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

/**
 * At least one row; a picture that is left out gives one row that says why. Without `needsFaces` there need not be any, and
 * none are used.
 */
export function planRows(
  picture: Picture,
  finding: Finding,
  config: Config['dataset'],
  needsFaces = true,
): Annotation[] {
  if ('error' in finding) return [rejectPicture(picture, finding.error)]
  const size = [finding.width, finding.height] as const
  const { sha256 } = finding
  const reject = (code: RejectCode, message: string): Annotation[] => [
    { ...rejectPicture(picture, { code, message }), sha256, size },
  ]
  if (picture.isCaptionPending !== true && planCaption(config.captions, picture.caption) === null)
    return reject('no-caption', picture.captionProblem ?? explainNoCaption(picture, config))
  const faces = largestFirst(finding.faces)
  if (needsFaces && faces.length === 0) return reject('no-face', 'no face found')
  if (needsFaces && config.faces === 'single' && faces.length > 1)
    return reject('several-faces', `${faces.length} faces found`)
  const rows = (needsFaces ? chooseRows(faces, config) : NO_FACE).map((row, index) =>
    cropRow({ ...picture, sha256 }, size, row, index, config),
  )
  const problems = rows.map((row) => findSizeProblem(row, config.resolution))
  const whole = rows.filter((_, index) => problems[index] === null)
  return whole.length > 0 ? whole : reject('too-small', problems[0]!)
}

function explainNoCaption({ values }: Picture, { captions }: Config['dataset']): string {
  if (!('column' in captions)) return 'its caption file is missing or empty'
  const column = JSON.stringify(captions.column)
  return captions.column in values ? `its ${column} holds no text` : `nothing gives it a ${column}`
}

export function rejectPicture(picture: Picture, rejected: Reject): Annotation {
  const { id, source, sha256, caption, conditioning } = picture
  return { id, source, sha256, rejected, size: null, face: null, crop: null, caption, conditioning }
}

function largestFirst(faces: readonly Face[]): Face[] {
  return [...faces].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3] || b.score - a.score)
}

interface Row {
  readonly face: Face | null
  readonly more: readonly Face[]
}

/** One row, about the whole picture. */
const NO_FACE: readonly Row[] = [{ face: null, more: [] }]

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
  const { x, y, side } = planCrop({
    width: size[0],
    height: size[1],
    crop: config.crop,
    ...(face && { box: face.box }),
  })
  return {
    id: index === 0 ? picture.id : `${picture.id}#${index + 1}`,
    source: picture.source,
    sha256: picture.sha256,
    rejected: null,
    size,
    face,
    ...(more.length > 0 && { more_faces: more }),
    crop: [x, y, side],
    caption: picture.caption,
    conditioning: picture.conditioning,
  }
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
