/** Checks ready-made conditioning images against their pictures, and crops them for their rows. */
import type { Crop, PictureSize } from '../../raster/crop.ts'
import { findDarkLevel } from '../../dataset/dark-drawing.ts'
import { parsePictureFormat } from '../../formats/pictures/picture-format.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { encodePng } from './png.ts'
import { PictureError, type PictureErrorCode } from './picture-error.ts'
import { decodePicture, isOneColour, type DecodedPicture } from './decode-picture.ts'
import { readLocated } from '../files/read-located.ts'
import { resizePicture } from './resize-picture.ts'
import type { Located } from '../files/located.ts'
import { stripPng } from './strip-png.ts'
import { cropPicture } from './training-picture.ts'

/** Largest relative difference between the aspect ratios of picture and conditioning image. */
const MAX_SHAPE_DIFFERENCE = 0.01

/**
 * Returns the image's largest value when it is nearly black, else null. Throws PictureError with a code of its own when the
 * image can't be used with a picture of this size.
 */
export async function checkConditioning(located: Located, size: PictureSize): Promise<number | null> {
  const bytes = await readBytes(located)
  const { data, source } = await decode(bytes)
  checkShape(source, size)
  if (!isOneColour(data)) return findDarkLevel(data)
  const deep = hasWideValues(bytes) ? ', once its values of 16 bits are brought to 8' : ''
  throw new PictureError('conditioning-empty', `its conditioning image is all one colour${deep}`)
}

/** Small values with 16 bits all become 0 when they are reduced to 8 bits. */
function hasWideValues(bytes: Uint8Array): boolean {
  return parsePictureFormat(bytes)?.format === 'png' && bytes[PNG_BIT_DEPTH] === 16
}

/** Offset of the bit depth in a PNG file. */
const PNG_BIT_DEPTH = 24

interface Request {
  /** Size of the picture after EXIF orientation is applied. */
  readonly size: readonly [width: number, height: number]
  readonly crop: Crop
  readonly resolution: number
}

/**
 * Returns a PNG with the same square of the conditioning image as of the picture. An image that already is this square is not
 * encoded again.
 */
export async function makeConditioning(located: Located, request: Request): Promise<Uint8Array> {
  const { crop, resolution } = request
  const [width, height] = request.size
  const bytes = await readBytes(located)
  if (crop.x === 0 && crop.y === 0 && crop.side === width && crop.side === height) {
    const whole = stripPng(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), resolution)
    if (whole !== null) return whole
  }
  const picture = await decode(bytes)
  checkShape(picture.source, { width, height })
  const square = await cropPicture(await bringTo({ width, height }, picture), request)
  return encodePng(square, resolution, resolution)
}

async function bringTo(size: PictureSize, picture: DecodedPicture): Promise<RgbPixels> {
  if (picture.width === size.width && picture.height === size.height) return picture
  return { ...size, data: await (await resizePicture(picture, size)).raw().toBuffer() }
}

async function readBytes(located: Located): Promise<Uint8Array> {
  return readLocated(located).catch((error: unknown) => Promise.reject(blame(error)))
}

/** Transparent pixels become black. */
async function decode(bytes: Uint8Array): Promise<DecodedPicture> {
  return decodePicture(bytes, { background: '#000000' }).catch((error: unknown) =>
    Promise.reject(blame(error)),
  )
}

function blame(error: unknown): unknown {
  if (!(error instanceof PictureError)) return error
  const code: PictureErrorCode = error.code === 'missing' ? 'conditioning-missing' : 'conditioning-unreadable'
  return new PictureError(code, `its conditioning image: ${error.message}`, error)
}

function checkShape(found: PictureSize, picture: PictureSize): void {
  const ratio = found.width / found.height / (picture.width / picture.height)
  if (Math.max(ratio, 1 / ratio) <= 1 + MAX_SHAPE_DIFFERENCE) return
  const sizes = `${found.width}×${found.height}, the picture ${picture.width}×${picture.height}`
  throw new PictureError('conditioning-mismatch', `its conditioning image has another shape: ${sizes}`)
}
