/** What a kind of condition has to say for itself. CONTRIBUTING.md tells how to add one. */
import type { AnnotatorName, Quality } from '../annotators/index.ts'
import type { Point } from '../faces/face.ts'
import type { StyleName } from './face-styles/index.ts'

/** What of `condition:` in the config matters here. The config's own type is made from the list of conditions. */
export interface ConditionConfig {
  readonly annotator: AnnotatorName
  readonly quality: Quality
  readonly style: StyleName
}

export interface RenderInput {
  /** Pixels of the conditioning image. */
  readonly width: number
  readonly height: number
  /** Landmarks in pixels of the conditioning image, one list a face; best first. */
  readonly faces: readonly (readonly Point[])[]
  /** RGB of the training picture, `width * height * 3` bytes; null where it is not decoded (`from` is not `picture`). */
  readonly picture: Uint8Array | null
  readonly style: StyleName
}

/** The command that turns any regular picture into the condition, and what that takes. */
export interface AnyPicture {
  readonly command: string
  /** `9 ms of one core a 512 px picture` */
  readonly cost: string
}

export interface Condition {
  /** As in the config: `face-landmarks`. */
  readonly kind: string
  /** For people: `face landmarks`. */
  readonly title: string
  /** What it is drawn from: the faces that an annotator found, the training picture, or the source, which has it ready. */
  readonly from: 'landmarks' | 'picture' | 'source'
  /** Raise it when the same input is drawn otherwise. */
  readonly version: number
  /** What drives the image, as a phrase. */
  readonly drives: (condition: ConditionConfig) => string
  /** What turns any regular picture into the condition when the model is used; null: nothing does. */
  readonly fromAnyPicture: (condition: ConditionConfig) => AnyPicture | null
  /** What to look at in the dataset's samples: `the conditioning image shows the same face`. */
  readonly lookFor: string
  /** How it is measured whether a picture follows it: a name of `evaluation/measures/`; `none` where nothing tells. */
  readonly measure: 'nme' | 'edge_agreement' | 'palette_distance' | 'none'
  /** The conditioning image as RGB bytes; null where the source has it ready. */
  readonly render: ((input: RenderInput) => Uint8Array) | null
}

/** For conditions that are made from the picture itself. */
export function needPicture({ picture, width, height }: RenderInput): Uint8Array {
  const expected = width * height * 3
  if (picture?.length === expected) return picture
  throw new RangeError(
    `expected the picture's ${expected} RGB bytes (${width} x ${height}), got ${picture?.length ?? 'none'}`,
  )
}
