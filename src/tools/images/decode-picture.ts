/** Decodes all common picture formats to RGB bytes, as a viewer would show them. */
import type { Metadata } from 'sharp'
import { hasFinestScan } from '../../formats/pictures/jpeg-scans.ts'
import type { Crop, PictureSize } from '../../raster/crop.ts'
import { HEIC, parsePictureFormat, type PictureFormat } from '../../formats/pictures/picture-format.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { loadSharp } from './load-sharp.ts'
import { PictureError } from './picture-error.ts'
import { readLocated } from '../files/read-located.ts'
import { openSrgb, planColours, type PictureColours } from './srgb-image.ts'

const MAX_PIXELS = 64_000_000

export interface DecodedPicture extends RgbPixels {
  /** Size in the file after orientation is applied. It differs from width and height only with `maxSide`. */
  readonly source: PictureSize
}

export interface DecodeOptions {
  readonly maxSide?: number
  /** Colour behind transparent parts. Default: white. */
  readonly background?: string
}

/**
 * Applies the orientation, converts colours to sRGB and grey to RGB, puts transparent parts on the background, and takes the
 * first page of several. With `maxSide` a larger picture is reduced to that many pixels on its longer side.
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedPicture> {
  const opened = await openPicture(bytes)
  return { ...(await decode(opened, options)), source: opened.header.autoOrient }
}

async function openPicture(bytes: Uint8Array): Promise<Opened> {
  const format = checkFormat(bytes)
  const colours = planColours(format === 'avif' ? nameStillImage(bytes) : bytes, format)
  const header = (format === 'png' ? readPngHeader(bytes) : null) ?? (await readHeader(colours.bytes))
  const { width, height } = header.autoOrient
  if (width * height > MAX_PIXELS) {
    const found = `${width}×${height} is ${Math.round((width * height) / 1e6)} megapixels`
    throw new PictureError('too-large', `too large: ${found}, at most ${MAX_PIXELS / 1e6} are read`)
  }
  return { colours, format, header }
}

export interface SquareRequest {
  /** It must lie inside the picture and be at least as large as `resolution`. */
  readonly crop: Crop
  readonly resolution: number
}

/**
 * Returns a square as `resolution` × `resolution` RGB pixels without decoding the whole picture into memory: the same pixels as
 * `decodePicture` and `cropPicture`, in less time. Returns null when that is not possible, or the file is damaged.
 */
export async function decodeSquare(
  bytes: Uint8Array,
  { crop, resolution }: SquareRequest,
): Promise<Buffer | null> {
  const { colours, format, header } = await openPicture(bytes)
  if (format !== 'jpeg') return null
  const image = await openSrgb(colours, { failOn: 'truncated', maxPixels: MAX_PIXELS, header })
  image
    .extract({ left: crop.x, top: crop.y, width: crop.side, height: crop.side })
    .resize(resolution, resolution, { fit: 'fill', fastShrinkOnLoad: false })
    .toColourspace('srgb')
  return image
    .raw({ depth: 'uchar' })
    .toBuffer()
    .catch(() => null)
}

export async function readPicture(file: string, options: DecodeOptions = {}): Promise<DecodedPicture> {
  return decodePicture(await readLocated({ kind: 'file', file }), options)
}

function checkFormat(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw new PictureError('unreadable', 'the file is empty')
  const found = parsePictureFormat(bytes)
  if (found === null) throw new PictureError('unreadable', 'not a picture')
  if (found.name === HEIC)
    throw new PictureError('unsupported', "HEIC can't be read here: export it as JPEG first")
  if (found.format === null) {
    throw new PictureError('unsupported', `it is ${found.name}; expected JPEG, PNG, WebP, AVIF or TIFF`)
  }
  return found.format
}

type Header = Pick<Metadata, 'autoOrient' | 'space' | 'depth' | 'hasProfile'>

/**
 * Reads the header of simple PNGs directly, because opening them with sharp takes much longer. Returns null when sharp is
 * needed: for EXIF data and 16-bit values.
 */
function readPngHeader(bytes: Uint8Array): Header | null {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (png.length < 25 || png[24]! > 8 || png.includes('eXIf')) return null
  const size = { width: png.readUInt32BE(16), height: png.readUInt32BE(20) }
  return { autoOrient: size, space: 'srgb', depth: 'uchar', hasProfile: false }
}

async function readHeader(bytes: Uint8Array): Promise<Header> {
  try {
    const sharp = loadSharp()
    const metadata = await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata()
    const { depth } = metadata
    if (depth === 'uchar' || depth === 'ushort') return metadata
    throw new PictureError('unsupported', `its values are of the type ${depth}; expected 8 or 16 bits`)
  } catch (error) {
    throw error instanceof PictureError ? error : unreadable(error)
  }
}

interface Opened {
  readonly colours: PictureColours
  readonly format: PictureFormat
  readonly header: Header
}

/** Also decodes JPEGs whose last bytes are missing, as cameras and old programs sometimes leave them. */
async function decode(opened: Opened, options: DecodeOptions): Promise<RgbPixels> {
  const { colours, format } = opened
  try {
    // libjpeg reports many harmless errors; in other formats an error means lost pixels.
    return await decodePixels(opened, format === 'jpeg' ? 'truncated' : 'error', options)
  } catch (error) {
    if (format !== 'jpeg') throw unreadable(error)
  }
  if (!hasFinestScan(colours.bytes))
    throw new PictureError('unreadable', 'the file is cut short: its details are missing')
  try {
    const picture = await decodePixels(opened, 'none', options)
    if (!endsFlat(picture, opened.header.autoOrient)) return picture
  } catch (error) {
    throw unreadable(error)
  }
  throw new PictureError('unreadable', 'the file is cut short: its lower part is missing')
}

async function decodePixels(
  { colours, header }: Opened,
  failOn: 'none' | 'truncated' | 'error',
  { maxSide, background = '#ffffff' }: DecodeOptions,
): Promise<RgbPixels> {
  const image = await openSrgb(colours, { failOn, maxPixels: MAX_PIXELS, header })
  const { width, height } = header.autoOrient
  // sharp would copy the picture even if its size stayed the same.
  if (maxSide !== undefined && Math.max(width, height) > maxSide) {
    // Shrinking while decoding a JPEG rounds the size up to blocks, which would move points by some pixels.
    const size = { width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true } as const
    image.resize({ ...size, kernel: 'linear', fastShrinkOnLoad: false })
  }
  image.flatten({ background }).toColourspace('srgb').raw({ depth: 'uchar' })
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`expected 3 channels, got ${info.channels}`)
  return { data, width: info.width, height: info.height }
}

/** Rows of a JPEG block: above rows that are completely missing, the last row of blocks may be partly missing. */
const BLOCK_ROWS = 16
/** The largest accepted share of missing rows. */
const MAX_MISSING = 1 / 50

/** Returns true when too many of the last rows have one colour, which is what decoders write for missing data. */
function endsFlat({ data, width, height }: RgbPixels, { height: whole }: PictureSize): boolean {
  const last = data.subarray((height - 1) * width * 3)
  if (!isOneColour(last)) return false
  const flat = Math.ceil(height * (MAX_MISSING - BLOCK_ROWS / whole))
  return isOneColour(data.subarray((height - Math.max(1, flat)) * width * 3))
}

export function isOneColour(rgb: Uint8Array): boolean {
  return rgb.every((value, index) => value === rgb[index % 3])
}

/**
 * An animated AVIF also contains its first frame as a still image, but its first brand is that of a sequence, which sharp
 * refuses.
 */
function nameStillImage(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12))
  if (head.toString('latin1', 8) !== 'avis') return bytes
  const copy = Buffer.from(bytes)
  copy.write('avif', 8, 'latin1')
  return copy
}

/** libvips keeps one error text for all threads, so its text may belong to another picture; it is not repeated. */
function unreadable(cause: unknown): PictureError {
  return new PictureError('unreadable', 'damaged, or not a picture', cause)
}
