/** The interface of a condition kind. CONTRIBUTING.md tells how to add one. */
import type { AnnotatorName, Quality } from '../annotators/index.ts'
import type { Point } from '../faces/face.ts'
import type { StyleName } from './face-styles/index.ts'

/**
 * The parts of `condition:` in the config that a condition reads. (The config's own type depends on the list of conditions.)
 */
export interface ConditionConfig {
  readonly annotator: AnnotatorName
  readonly quality: Quality
  readonly style: StyleName
}

export interface RenderInput {
  /** Size of the conditioning image in pixels. */
  readonly width: number
  readonly height: number
  /** Landmarks of each face in pixels of the conditioning image; best face first. */
  readonly faces: readonly (readonly Point[])[]
  /**
   * RGB bytes of the training picture, `width * height * 3`; null when the condition does not need it (`from` is not
   * `picture`).
   */
  readonly picture: Uint8Array | null
  readonly style: StyleName
}

/** The command that turns any picture into the condition, and what it costs. */
export interface AnyPicture {
  readonly command: string
  /** Cost in words: `9 ms of one core a 512 px picture`. */
  readonly cost: string
}

export interface Condition {
  /** Name in the config: `face-landmarks`. */
  readonly kind: string
  /** Name in messages: `face landmarks`. */
  readonly title: string
  /**
   * What the conditioning image is made from: landmarks of faces, the training picture itself, or the source, which provides
   * it.
   */
  readonly from: 'landmarks' | 'picture' | 'source'
  /** Raise it when the same input gives another image. */
  readonly version: number
  /** Returns a phrase that says what the condition controls in generated images. */
  readonly drives: (condition: ConditionConfig) => string
  /** Returns how a user of the model turns any picture into the condition; null when nothing can. */
  readonly fromAnyPicture: (condition: ConditionConfig) => AnyPicture | null
  /** What to check in the dataset's samples: `the conditioning image shows the same face`. */
  readonly lookFor: string
  /** Returns the conditioning image as RGB bytes; null when the source provides it. */
  readonly render: ((input: RenderInput) => Uint8Array) | null
}

/** For conditions that are made from the picture itself. Throws RangeError when the picture is missing or has another size. */
export function needPicture({ picture, width, height }: RenderInput): Uint8Array {
  const expected = width * height * 3
  if (picture?.length === expected) return picture
  throw new RangeError(
    `expected the picture's ${expected} RGB bytes (${width} x ${height}), got ${picture?.length ?? 'none'}`,
  )
}
