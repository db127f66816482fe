/** The conditioning image as a PNG file's bytes. */
import { DEFAULT_STYLE, type StyleName } from '../../conditions/face-styles/index.ts'
import { conditionOf, DEFAULT_KIND, type ConditionKind } from '../../conditions/index.ts'
import type { Point } from '../../faces/face.ts'
import { encodePng, encodePngHere } from './png.ts'

/** What a condition rendered: RGB bytes, row by row. On this thread. */
export function encodeConditioningImage(rgb: Uint8Array, width: number, height: number): Buffer {
  return encodePngHere(rgb, width, height)
}

export interface ConditioningImageOptions {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** One that is drawn from landmarks. */
  readonly kind?: ConditionKind
  readonly style?: StyleName
}

/** Each face holds 68 landmarks (more are left out) in pixels of the picture. */
export async function drawConditioningImage(
  faces: readonly (readonly Point[])[],
  { width, height, kind = DEFAULT_KIND, style = DEFAULT_STYLE }: ConditioningImageOptions,
): Promise<Buffer> {
  const { render } = conditionOf(kind)
  if (render === null) throw new Error(`nothing draws ${kind}`)
  const rgb = render({ width, height, faces, picture: null, style })
  return encodePng(rgb, width, height)
}
