/** One line of `annotations.ndjson`: what is known of one row of the dataset, or of one picture that was left out. */
import type { Face } from '../../faces/face.ts'
import type { FacePose } from '../../faces/face-pose.ts'
import type { Reject } from './rejects.ts'

export interface Annotation {
  /** Path of the picture in its source, without extension; `#2` for the second face of a picture. */
  readonly id: string
  /** Path of the picture in its source, with `/`. */
  readonly source: string
  /** Of the picture's bytes; null when it can't be read. */
  readonly sha256: string | null
  readonly rejected: Reject | null
  /** Width and height of the picture as it is meant to be seen; null when it can't be read. */
  readonly size: readonly [width: number, height: number] | null
  /** The face that the row is about, in pixels of the picture. */
  readonly face: Face | null
  /** Further faces that are drawn too (`faces: all` without a face crop). */
  readonly more_faces?: readonly Face[]
  /** x, y, side in pixels of the picture. */
  readonly crop: readonly [x: number, y: number, side: number] | null
  /** Degrees, see `face-pose.ts`; left out where there is no face. */
  readonly pose?: FacePose
  /** What the text column holds. Of a picture that was left out, the text of its caption file or column. */
  readonly caption: string | null
  /** Its length as the text encoder counts, or an estimate of it. */
  readonly caption_tokens?: number
  /** Content hash of the first of the pictures that look alike, left out or not: none of them is held out alone. */
  readonly group?: string
  /** Path in the source of the ready-made conditioning image; null when it is drawn. */
  readonly conditioning: string | null
  /** The largest value (0-255) of the ready-made conditioning image, where that is nearly black. */
  readonly conditioning_level?: number
}

export function formatAnnotation(annotation: Annotation): string {
  return JSON.stringify(roundFaces(annotation)) + '\n'
}

/** Orders by code unit: the same on every machine, whatever its language. */
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

/** Thousandths of a pixel are enough, and a third of the size. */
export function roundFace({ box, score, landmarks }: Face): Face {
  return {
    box: [round(box[0]), round(box[1]), round(box[2]), round(box[3])],
    score: round(score),
    landmarks: landmarks.map(([x, y]) => [round(x), round(y)]),
  }
}

/** Tenths of a degree: the pose itself is known to one or two. */
function roundPose([yaw, pitch, roll]: FacePose): FacePose {
  return [Math.round(yaw * 10) / 10, Math.round(pitch * 10) / 10, Math.round(roll * 10) / 10]
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
