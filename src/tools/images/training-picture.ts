/** Turns a picture of the source into the bytes of the `image` column. */
import type { Crop } from '../../raster/crop.ts'
import { encodePhotoPng } from './photo-png.ts'
import { resizePicture } from './resize-picture.ts'
import { stripJpeg } from './strip-jpeg.ts'
import { stripPng, type Join } from './strip-png.ts'
import { loadSharp } from './load-sharp.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { decodePicture, decodeSquare } from './decode-picture.ts'

export interface TrainingPicture {
  readonly bytes: Uint8Array
  readonly extension: 'png' | 'jpg'
  /** The encoded pixels, row by row; null when the file's own compressed pixels were kept. */
  readonly rgb: Uint8Array | null
}

interface Request {
  /** Bytes of the picture's file. */
  readonly bytes: Uint8Array
  /** Width and height after EXIF orientation is applied. */
  readonly size: readonly [width: number, height: number]
  readonly crop: Crop
  readonly resolution: number
}

/**
 * A picture that already is the wanted square is not encoded again: its metadata is removed and its compressed pixels are kept.
 */
export async function makeTrainingPicture(
  request: Request,
  join: Join = Buffer.concat,
): Promise<TrainingPicture> {
  if (isWholePicture(request)) {
    const bytes = asBuffer(request.bytes)
    const png = stripPng(bytes, request.resolution, join)
    if (png !== null) return { bytes: png, extension: 'png', rgb: null }
    const jpeg = stripJpeg(bytes, request.resolution, join)
    if (jpeg !== null) return { bytes: jpeg, extension: 'jpg', rgb: null }
  }
  const rgb = await decodeCrop(request)
  return { bytes: await encodePhotoPng(rgb, request.resolution, request.resolution), extension: 'png', rgb }
}

async function decodeCrop(request: Request): Promise<Buffer> {
  const square = isReduced(request) ? await decodeSquare(request.bytes, request) : null
  return square ?? (await cropPicture(await decodePicture(request.bytes), request))
}

function isReduced({ size: [width, height], crop: { x, y, side }, resolution }: Request): boolean {
  return x >= 0 && y >= 0 && x + side <= width && y + side <= height && side >= resolution
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isWholePicture({ size: [width, height], crop, resolution }: Request): boolean {
  return (
    width === resolution && height === resolution && crop.x === 0 && crop.y === 0 && crop.side === resolution
  )
}

/** Returns the square as `resolution` × `resolution` RGB pixels. */
export async function cropPicture(
  { data, width, height }: RgbPixels,
  { crop, resolution }: Pick<Request, 'crop' | 'resolution'>,
): Promise<Buffer> {
  const sharp = loadSharp()
  const inside = intersect(crop, width, height)
  const image = sharp(data, { raw: { width, height, channels: 3 } }).extract(inside)
  const isInside = inside.width === crop.side && inside.height === crop.side
  // In one step, because no padding or enlargement is needed.
  if (isInside && crop.side >= resolution)
    return image.resize(resolution, resolution, { fit: 'fill' }).raw().toBuffer()
  const pixels = await image.extend(planBorders(crop, inside)).raw().toBuffer()
  const side = { width: crop.side, height: crop.side }
  const square = await resizePicture({ data: pixels, ...side }, { width: resolution, height: resolution })
  return square.raw().toBuffer()
}

interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function intersect({ x, y, side }: Crop, width: number, height: number): Region {
  const [left, top] = [Math.max(0, x), Math.max(0, y)]
  return { left, top, width: Math.min(width, x + side) - left, height: Math.min(height, y + side) - top }
}

function planBorders({ x, y, side }: Crop, { left, top, width, height }: Region) {
  return {
    left: left - x,
    top: top - y,
    right: x + side - left - width,
    bottom: y + side - top - height,
    background: '#000000',
  }
}
