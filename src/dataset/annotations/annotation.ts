/** One line of `annotations.ndjson`: a row of the dataset, or a rejected picture. */
import type { Face } from '../../faces/face.ts'
import type { FacePose } from '../../faces/face-pose.ts'
import type { Reject } from './rejects.ts'

export interface Annotation {
  /** Path of the picture in its source, without extension; `#2` is appended for its second face. */
  readonly id: string
  /** Path of the picture in its source, with `/`. */
  readonly source: string
  /** sha256 of the picture's bytes; null when it can't be read. */
  readonly sha256: string | null
  readonly rejected: Reject | null
  /** Width and height after EXIF orientation is applied; null when the picture can't be read. */
  readonly size: readonly [width: number, height: number] | null
  /** The row's face, in pixels of the picture. */
  readonly face: Face | null
  /** Further faces that are drawn too; only with `faces: all` and without a face crop. */
  readonly more_faces?: readonly Face[]
  /** x, y, side in pixels of the picture. */
  readonly crop: readonly [x: number, y: number, side: number] | null
  /** Angles in degrees, see `face-pose.ts`; left out when there is no face. */
  readonly pose?: FacePose
  /** Content of the `text` column. For a rejected picture: the text of its caption file or column. */
  readonly caption: string | null
  /** Length of the caption in tokens of the text encoder, exact or estimated. */
  readonly caption_tokens?: number
  /**
   * Id of a group of near-duplicates: sha256 of its first member, kept or rejected. A group is never split between train and
   * validation.
   */
  readonly group?: string
  /** Path of the ready-made conditioning image in the source; null when the kit draws it. */
  readonly conditioning: string | null
  /** Largest value (0 to 255) of the ready-made conditioning image; only when that is nearly black. */
  readonly conditioning_level?: number
}

export function formatAnnotation(annotation: Annotation): string {
  return JSON.stringify(roundFaces(annotation)) + '\n'
}

/** Compares by code unit, so that the order is the same in every locale. */
export function compareIds(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function roundFaces(annotation: Annotation): Annotation {
  return {
    ...annotation,
    face: annotation.face && roundFace(annotation.face),
    ...(annotation.pose && { pose: roundPose(annotation.pose) }),
    ...(annotation.more_faces && { more_faces: annotation.more_faces.map(roundFace) }),
  }
}

/** Rounds to thousandths of a pixel, which makes the file a third of its size. */
export function roundFace({ box, score, landmarks }: Face): Face {
  return {
    box: [round(box[0]), round(box[1]), round(box[2]), round(box[3])],
    score: round(score),
    landmarks: landmarks.map(([x, y]) => [round(x), round(y)]),
  }
}

/** Rounds to tenths of a degree; the pose itself is accurate to one or two degrees. */
function roundPose([yaw, pitch, roll]: FacePose): FacePose {
  return [Math.round(yaw * 10) / 10, Math.round(pitch * 10) / 10, Math.round(roll * 10) / 10]
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
