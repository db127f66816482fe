/** Resizes RGB pixels so that the picture's centre stays in the centre. */
import type { Sharp } from 'sharp'
import type { PictureSize } from '../../raster/crop.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { loadSharp } from './load-sharp.ts'

/** Pixels around the picture that the interpolation may read; they repeat the picture's edge. */
const MARGIN = 4

export async function resizePicture({ data, width, height }: RgbPixels, target: PictureSize): Promise<Sharp> {
  const sharp = loadSharp()
  const image = sharp(data, { raw: { width, height, channels: 3 } })
  if (width >= target.width && height >= target.height)
    return image.resize(target.width, target.height, { fit: 'fill' })
  // libvips' own enlargement shifts the picture half a pixel to the right and down (sharp 0.35), so an affine transformation is
  // used.
  const wide = await image
    .extend({ top: MARGIN, left: MARGIN, bottom: MARGIN, right: MARGIN, extendWith: 'copy' })
    .raw()
    .toBuffer()
  const [across, down] = [planAxis(width, target.width), planAxis(height, target.height)]
  const raw = { width: width + 2 * MARGIN, height: height + 2 * MARGIN, channels: 3 } as const
  const { data: enlarged, info } = await sharp(wide, { raw })
    .affine([across.scale, 0, 0, down.scale], { interpolator: 'bicubic', idx: across.shift, idy: down.shift })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return sharp(enlarged, { raw: { width: info.width, height: info.height, channels: 3 } }).extract({
    left: across.start,
    top: down.start,
    width: target.width,
    height: target.height,
  })
}

function planAxis(from: number, to: number) {
  const scale = to / from
  const start = Math.ceil(MARGIN * scale)
  return { scale, start, shift: 0.5 - 0.5 / scale + (start - MARGIN * scale) / scale }
}
