/** Decodes any picture that people have to RGB bytes, as it is meant to be seen. */
import { basename, extname } from 'node:path'
import type { Sharp, SharpConstructor, SharpOptions } from 'sharp'
import { HEIC, parsePictureFormat, type PictureFormat } from '../dataset/picture-format.ts'
import { PictureError } from './picture-error.ts'
import { readLocated } from './read-located.ts'

export const PICTURE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff'] as const

const MAX_PIXELS = 64_000_000

export interface Picture {
  /** RGB, 8 bit, row by row, sRGB. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  /** The size that the picture has in the file, orientation applied. Differs only with `maxSide`. */
  readonly source: { readonly width: number; readonly height: number }
}

/** By the name alone. Our own conditioning images are no pictures to work on. */
export function isPictureFile(name: string): boolean {
  const lower = name.toLowerCase()
  return (
    !basename(lower).startsWith('.') &&
    !lower.endsWith('.conditioning.png') &&
    (PICTURE_EXTENSIONS as readonly string[]).includes(extname(lower))
  )
}

export interface DecodeOptions {
  readonly maxSide?: number
  /** What shows through transparent parts. Default: white. */
  readonly background?: string
}

/**
 * Orientation applied, colours in sRGB, transparency over the background, grey as RGB, the first page of several. With `maxSide` a
 * larger picture comes reduced to that many pixels on its longer side.
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  const format = checkFormat(bytes)
  const source = await readSize(bytes)
  if (source.width * source.height > MAX_PIXELS) {
    const found = `${source.width}×${source.height} is ${Math.round((source.width * source.height) / 1e6)} megapixels`
    throw new PictureError('too-large', `too large: ${found}, at most ${MAX_PIXELS / 1e6} are read`)
  }
  return { ...(await decode(bytes, format, options)), source }
}

export async function readPicture(file: string, options: DecodeOptions = {}): Promise<Picture> {
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

async function readSize(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  try {
    const { autoOrient } = await (
      await openSharp(bytes, { limitInputPixels: false, failOn: 'none' })
    ).metadata()
    return autoOrient
  } catch (error) {
    throw unreadable(error)
  }
}

type Decoded = Omit<Picture, 'source'>

/** Cameras and old programs leave JPEGs without their last bytes: those are read as far as they go. */
async function decode(bytes: Uint8Array, format: PictureFormat, options: DecodeOptions): Promise<Decoded> {
  try {
    return await decodePixels(bytes, 'truncated', options)
  } catch (error) {
    if (format !== 'jpeg') throw unreadable(error)
  }
  try {
    const picture = await decodePixels(bytes, 'none', options)
    if (!endsFlat(picture)) return picture
  } catch (error) {
    throw unreadable(error)
  }
  throw new PictureError('unreadable', 'the file is cut short: its lower part is missing')
}

async function decodePixels(
  bytes: Uint8Array,
  failOn: 'none' | 'truncated',
  { maxSide, background = '#ffffff' }: DecodeOptions,
): Promise<Decoded> {
  const image = (await openSharp(bytes, { failOn, limitInputPixels: MAX_PIXELS, pages: 1 })).autoOrient()
  if (maxSide !== undefined) {
    // Shrinking while decoding a JPEG rounds the size up to blocks, which moves points by some pixels.
    const size = { width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true } as const
    image.resize({ ...size, kernel: 'linear', fastShrinkOnLoad: false })
  }
  image.flatten({ background }).toColourspace('srgb').raw({ depth: 'uchar' })
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`expected 3 channels, got ${info.channels}`)
  return { data, width: info.width, height: info.height }
}

/** Whether the last rows, at least a fiftieth of the picture, are one colour: what a decoder puts for missing data. */
function endsFlat({ data, width, height }: Decoded): boolean {
  const tail = data.subarray((height - Math.ceil(height / 50)) * width * 3)
  return tail.every((value, index) => value === tail[index % 3])
}

function unreadable(cause: unknown): PictureError {
  const line = cause instanceof Error ? cause.message.trim().split('\n').at(-1) : String(cause)
  return new PictureError('unreadable', `damaged, or not a picture (${line})`, cause)
}

async function openSharp(bytes: Uint8Array, options: SharpOptions): Promise<Sharp> {
  const sharp = await loadSharp()
  return sharp(bytes, options)
}

let loaded: Promise<SharpConstructor> | undefined

/** sharp, set up for many pictures at once: one thread for each, nothing kept. It is heavy, so it comes when needed. */
export function loadSharp(): Promise<SharpConstructor> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  return loaded
}
