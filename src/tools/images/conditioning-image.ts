/** The conditioning image as a PNG file's bytes. */
import type { RenderInput } from '../../conditions/condition.ts'
import { faceLandmarks } from '../../conditions/face-landmarks.ts'
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
  readonly style?: RenderInput['style']
}

/** Each face holds 68 landmarks (more are left out) in pixels of the picture. */
export async function drawConditioningImage(
  faces: readonly (readonly Point[])[],
  { width, height, style = 'spiga-seg' }: ConditioningImageOptions,
): Promise<Buffer> {
  const rgb = faceLandmarks.render({ width, height, faces, picture: null, style })
  return encodePng(rgb, width, height)
}
