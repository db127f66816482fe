/** One picture of the source → the bytes of the `image` column. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Crop } from '../dataset/crop.ts'
import { resizeSquare } from './resize-square.ts'
import { stripJpeg } from './strip-jpeg.ts'
import { stripPng } from './strip-png.ts'
import { loadSharp, readPicture, type Picture } from './pictures.ts'

export interface TrainingPicture {
  readonly bytes: Buffer
  readonly extension: 'png' | 'jpg'
}

export class PictureChangedError extends Error {}

interface Request {
  readonly file: string
  /** As recorded when the picture was annotated: the landmarks belong to this content only. */
  readonly sha256: string
  /** Width and height, orientation applied. */
  readonly size: readonly [width: number, height: number]
  readonly crop: Crop
  readonly resolution: number
}

/** A picture that is the wanted square already is not encoded again: its metadata goes, its compressed pixels stay. */
export async function makeTrainingPicture(request: Request): Promise<TrainingPicture> {
  const { file, sha256, resolution } = request
  const bytes = await readFile(file)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new PictureChangedError(file)
  if (isWholePicture(request)) {
    const png = stripPng(bytes, resolution)
    if (png !== null) return { bytes: png, extension: 'png' }
    const jpeg = stripJpeg(bytes, resolution)
    if (jpeg !== null) return { bytes: jpeg, extension: 'jpg' }
  }
  return { bytes: await encode(await readPicture(file), request), extension: 'png' }
}

function isWholePicture({ size: [width, height], crop, resolution }: Request): boolean {
  return (
    width === resolution && height === resolution && crop.x === 0 && crop.y === 0 && crop.side === resolution
  )
}

/** With all filters tried, zlib level 3 is within 4 % of level 6 in size and takes 60 % of its time. */
const PNG = { compressionLevel: 3, adaptiveFiltering: true, palette: false } as const

async function encode({ data, width, height }: Picture, { crop, resolution }: Request): Promise<Buffer> {
  const sharp = await loadSharp()
  const inside = intersect(crop, width, height)
  const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract(inside)
    .extend(planBorders(crop, inside))
    .raw()
    .toBuffer()
  return (await resizeSquare(pixels, crop.side, resolution)).png(PNG).toBuffer()
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
