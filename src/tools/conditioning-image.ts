/** Landmarks → the conditioning image as a PNG file's bytes. */
import sharp from 'sharp'
import type { Point } from '../dataset/face.ts'
import { renderSpigaSegSvg } from '../dataset/spiga-seg.ts'
import { encodePng } from './png.ts'

export interface ConditioningImageSize {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Pixels. Default: 4 at a short side of 512, and in proportion. */
  readonly strokeWidth?: number
}

/** Each face holds 68 landmarks (more are left out) in pixels of the picture. */
export async function drawConditioningImage(
  faces: readonly (readonly Point[])[],
  { width, height, strokeWidth = (4 * Math.min(width, height)) / 512 }: ConditioningImageSize,
): Promise<Buffer> {
  const svg = renderSpigaSegSvg(faces, { width, height, strokeWidth })
  const rgb = await sharp(Buffer.from(svg), { limitInputPixels: false }).removeAlpha().raw().toBuffer()
  return encodePng(rgb, width, height)
}
