/** Landmarks → the conditioning image as a PNG file's bytes. */
import sharp from 'sharp'
import type { Point } from '../dataset/face.ts'
import { boundSpigaSeg, renderSpigaSegSvg, type View } from '../dataset/spiga-seg.ts'
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
  const rgb = Buffer.alloc(width * height * 3)
  const size = { width, height, strokeWidth }
  const view = boundSpigaSeg(faces, size)
  if (view) paste(await rasterise(renderSpigaSegSvg(faces, { ...size, view })), view, rgb, width)
  return encodePng(rgb, width, height)
}

function rasterise(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg), { limitInputPixels: false }).removeAlpha().raw().toBuffer()
}

function paste(part: Buffer, view: View, rgb: Buffer, width: number): void {
  const rowBytes = view.width * 3
  for (let y = 0; y < view.height; y++) {
    part.copy(rgb, ((view.top + y) * width + view.left) * 3, y * rowBytes, (y + 1) * rowBytes)
  }
}
