/** Makes small WebP copies of pictures. */
import type { Sharp } from 'sharp'
import type { Point } from '../../faces/face.ts'
import { loadSharp } from './load-sharp.ts'
import { decodePicture } from './decode-picture.ts'

/** Side of thumbnails of dataset pictures, in pixels. */
export const SAMPLE_SIDE = 256
/** Longer side of thumbnails of source pictures, in pixels. */
const SOURCE_SIDE = 192

/**
 * Returns thumbnails of a dataset picture without and with `dots`, which are in pixels of the thumbnail; `dotted` is null
 * without dots.
 */
export async function makeThumbnails(
  bytes: Uint8Array,
  dots: readonly Point[] = [],
): Promise<{ readonly plain: Buffer; readonly dotted: Buffer | null }> {
  const sharp = loadSharp()
  const { data, info: raw } = await sharp(bytes)
    .resize(SAMPLE_SIDE, SAMPLE_SIDE)
    .raw()
    .toBuffer({ resolveWithObject: true })
  const overlay = { input: renderDots(dots, SAMPLE_SIDE, SAMPLE_SIDE) }
  const plain = encode(sharp(data, { raw }))
  const dotted = dots.length === 0 ? null : encode(sharp(data, { raw }).composite([overlay]))
  return { plain: await plain, dotted: await dotted }
}

/** Returns a thumbnail of any readable picture; throws PictureError for others. `dots` are in pixels of the picture. */
export async function makeSourceThumbnail(bytes: Uint8Array, dots: readonly Point[] = []): Promise<Buffer> {
  const sharp = loadSharp()
  const { data, width, height, source } = await decodePicture(bytes, { maxSide: SOURCE_SIDE })
  const picture = sharp(data, { raw: { width, height, channels: 3 } })
  if (dots.length === 0) return encode(picture)
  const scale = width / source.width
  const small = dots.map(([x, y]): Point => [(x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5])
  return encode(picture.composite([{ input: renderDots(small, width, height) }]))
}

export function formatDataUrl(webp: Buffer): string {
  return `data:image/webp;base64,${webp.toString('base64')}`
}

/** Light dots with a dark edge are visible on any skin. */
function renderDots(dots: readonly Point[], width: number, height: number): Buffer {
  const circles = dots.map(
    ([x, y]) => `<circle cx="${(x + 0.5).toFixed(2)}" cy="${(y + 0.5).toFixed(2)}" r="1.9"/>`,
  )
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="#00ff7f" stroke="#003018" stroke-width="0.7">${circles.join('')}</svg>`,
  )
}

/** Half the time of libwebp's default 4, for hardly more bytes. */
const EFFORT = 2

function encode(picture: Sharp): Promise<Buffer> {
  return picture.webp({ quality: 80, effort: EFFORT }).toBuffer()
}
