/** Makes a square of RGB pixels larger or smaller, so that what was in the middle stays in the middle. */
import type { Sharp } from 'sharp'
import { loadSharp } from './pictures.ts'

/** Pixels around the square that the interpolation may look at: copies of its edge. */
const MARGIN = 4

/** `pixels` holds `side * side` pixels of three bytes. */
export async function resizeSquare(pixels: Buffer, side: number, target: number): Promise<Sharp> {
  const sharp = await loadSharp()
  const square = sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
  if (side >= target) return square.resize(target, target, { fit: 'fill' })
  // libvips' own enlargement comes out half a pixel too far right and down (sharp 0.35), so it is done as an affine map.
  const scale = target / side
  const enlarged = await square
    .extend({ top: MARGIN, left: MARGIN, bottom: MARGIN, right: MARGIN, extendWith: 'copy' })
    .raw()
    .toBuffer()
  const start = Math.ceil(MARGIN * scale)
  const shift = 0.5 - 0.5 / scale + (start - MARGIN * scale) / scale
  const wide = side + 2 * MARGIN
  const { data, info } = await sharp(enlarged, { raw: { width: wide, height: wide, channels: 3 } })
    .affine([scale, 0, 0, scale], { interpolator: 'bicubic', idx: shift, idy: shift })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return sharp(data, { raw: { width, height, channels: 3 } }).extract({
    left: start,
    top: start,
    width: target,
    height: target,
  })
}
