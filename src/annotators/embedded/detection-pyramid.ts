/**
 * One picture in several sizes, each computed once: for the face detector, and for cutting out faces without reading every
 * pixel.
 */
import { CELL_SIDE } from '../../faces/face-detection.ts'
import type { PictureSize } from '../../raster/crop.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { loadSharp } from '../../tools/images/load-sharp.ts'
import { decodePicture, type DecodedPicture } from '../../tools/images/decode-picture.ts'
import { LANDMARK_NET_SIDE } from './landmark-nets.ts'

export interface Level {
  readonly pixels: RgbPixels
  /** Pixels of this level per pixel of the picture as stored in its file. */
  readonly scaleX: number
  readonly scaleY: number
}

export interface Pyramid {
  /** Size of the picture as stored in its file, with orientation applied. */
  readonly source: PictureSize
  /** The picture, reduced so that its longer side is at most `BASE_SIDE`. */
  readonly base: Level
  /** One level for each requested side, padded with black at the right and at the bottom to multiples of 32. */
  readonly forDetector: readonly Level[]
  /** Returns the picture, reduced so that its longer side is at most `FINEST_SIDE`; decodes it again if necessary. */
  finest(): Promise<Level>
}

/** Largest side that the detector reads. Few pictures need more, and decoding to this size takes half the time. */
const BASE_SIDE = 896

/** At this size a face that fills a twelfth of the picture still fills the landmark net's input. */
const FINEST_SIDE = 1792

/**
 * `sides` are the longer sides of the detector levels, largest first. Don't change `bytes` while `finest` may still be called.
 * Throws the same errors as `decodePicture`.
 */
export async function decodePyramid(bytes: Uint8Array, sides: readonly number[]): Promise<Pyramid> {
  const picture = await decodePicture(bytes, { maxSide: BASE_SIDE })
  const { source } = picture
  const base = toLevel(picture, source)
  const isWhole = picture.width === source.width && picture.height === source.height
  let finest: Promise<Level> | null = isWhole ? Promise.resolve(base) : null
  return {
    source,
    base,
    forDetector: await makeDetectorLevels(picture, sides),
    finest() {
      finest ??= decodePicture(bytes, { maxSide: FINEST_SIDE }).then((whole) => toLevel(whole, source))
      return finest
    },
  }
}

/** Returns the smallest level on which a square of this many picture pixels still fills the landmark net's input. */
export async function pickLevel(pyramid: Pyramid, side: number): Promise<Level> {
  const enough = [pyramid.base, ...pyramid.forDetector].filter(
    ({ scaleX }) => side * scaleX >= LANDMARK_NET_SIDE && scaleX <= 1,
  )
  return enough.toSorted((a, b) => a.scaleX - b.scaleX)[0] ?? (await pyramid.finest())
}

function toLevel(pixels: RgbPixels, source: PictureSize): Level {
  const [scaleX, scaleY] = [pixels.width / source.width, pixels.height / source.height]
  return { pixels, scaleX, scaleY }
}

async function makeDetectorLevels(picture: DecodedPicture, sides: readonly number[]): Promise<Level[]> {
  const levels: Level[] = []
  let from: RgbPixels = picture
  for (const side of sides) {
    const { width, height } = fitInside(picture, side)
    const resized = await resize(from, width, height)
    levels.push({ ...toLevel(resized, picture.source), pixels: pad(resized) })
    if (width <= picture.width) from = resized
  }
  return levels
}

function fitInside({ width, height }: PictureSize, side: number): PictureSize {
  const scale = side / Math.max(width, height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

async function resize(pixels: RgbPixels, width: number, height: number): Promise<RgbPixels> {
  const { data, ...raw } = pixels
  if (raw.width === width && raw.height === height) return pixels
  if (raw.width === width * 2 && raw.height === height * 2) return halve(pixels)
  const sharp = loadSharp()
  const image = sharp(data, { raw: { width: raw.width, height: raw.height, channels: 3 } })
  image.resize({ width, height, fit: 'fill', kernel: 'linear' })
  return { data: await image.raw().toBuffer(), width, height }
}

/** Halves both sides by averaging 2×2 pixels, in a third of the time that sharp takes. */
function halve({ data, width, height }: RgbPixels): RgbPixels {
  const rowBytes = width * 3
  const out = new Uint8Array(data.length / 4)
  let to = 0
  for (let y = 0; y < height; y += 2) {
    for (let a = y * rowBytes, end = a + rowBytes; a < end; a += 6) {
      const b = a + rowBytes
      out[to++] = (data[a]! + data[a + 3]! + data[b]! + data[b + 3]! + 2) >> 2
      out[to++] = (data[a + 1]! + data[a + 4]! + data[b + 1]! + data[b + 4]! + 2) >> 2
      out[to++] = (data[a + 2]! + data[a + 5]! + data[b + 2]! + data[b + 5]! + 2) >> 2
    }
  }
  return { data: out, width: width / 2, height: height / 2 }
}

function pad({ data, width, height }: RgbPixels): RgbPixels {
  const paddedWidth = Math.ceil(width / CELL_SIDE) * CELL_SIDE
  const paddedHeight = Math.ceil(height / CELL_SIDE) * CELL_SIDE
  if (paddedWidth === width && paddedHeight === height) return { data, width, height }
  const out = new Uint8Array(paddedWidth * paddedHeight * 3)
  for (let row = 0; row < height; row++) {
    out.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * paddedWidth * 3)
  }
  return { data: out, width: paddedWidth, height: paddedHeight }
}
