/** Encodes conditioning images as PNG. */
import { DEFAULT_STYLE, type StyleName } from '../../conditions/face-styles/index.ts'
import { conditionOf, DEFAULT_KIND, type ConditionKind } from '../../conditions/index.ts'
import type { Point } from '../../faces/face.ts'
import { encodePng, encodePngHere } from './png.ts'

/** `rgb` is what a condition rendered, row by row. Runs synchronously. */
export function encodeConditioningImage(rgb: Uint8Array, width: number, height: number): Buffer {
  return encodePngHere(rgb, width, height)
}

export interface ConditioningImageOptions {
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  /** A kind that is drawn from landmarks. */
  readonly kind?: ConditionKind
  readonly style?: StyleName
}

/** Each face has 68 landmarks in pixels of the picture; any further points are ignored. */
export async function drawConditioningImage(
  faces: readonly (readonly Point[])[],
  { width, height, kind = DEFAULT_KIND, style = DEFAULT_STYLE }: ConditioningImageOptions,
): Promise<Buffer> {
  const { render } = conditionOf(kind)
  if (render === null) throw new Error(`nothing draws ${kind}`)
  const rgb = render({ width, height, faces, picture: null, style })
  return encodePng(rgb, width, height)
}
