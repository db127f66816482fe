/** Opens a picture so that sharp returns sRGB. Handles the colour spaces that sharp alone gets wrong. */
import type { Metadata, Sharp } from 'sharp'
import { toSrgbPixels } from '../../formats/pictures/lab-pixels.ts'
import type { PictureFormat } from '../../formats/pictures/picture-format.ts'
import { planPngColours, replacePngColours } from '../../formats/pictures/png-colours.ts'
import { labelAsRgb, planTiffColours, type TiffColours } from '../../formats/pictures/tiff-colours.ts'
import { loadSharp } from './load-sharp.ts'
import { PictureError } from './picture-error.ts'

export interface PictureColours extends TiffColours {
  /** The file, changed so that sharp reads its samples. */
  readonly bytes: Uint8Array
}

/** Throws a PictureError when the colours would come out wrong. */
export function planColours(bytes: Uint8Array, format: PictureFormat): PictureColours {
  if (format === 'png') return { bytes: declareColours(bytes), encoding: null, hasOthers: false }
  if (format !== 'tiff') return { bytes, encoding: null, hasOthers: false }
  const plan = planTiffColours(bytes)
  if ('problem' in plan) throw new PictureError('unsupported', plan.problem)
  return { ...plan, bytes: plan.encoding === null ? bytes : labelAsRgb(bytes) }
}

/** sharp only reads the ICC profile of a PNG, so what other chunks declare is turned into a profile. */
function declareColours(bytes: Uint8Array): Uint8Array {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const colours = planPngColours(png)
  if (colours.kind === 'problem') throw new PictureError('unsupported', colours.problem)
  if (colours.kind === 'srgb') return colours.hidesProfile ? replacePngColours(png, null) : bytes
  return colours.profile === null ? bytes : replacePngColours(png, colours.profile)
}

export interface OpenOptions {
  readonly failOn: 'none' | 'truncated' | 'error'
  readonly maxPixels: number
  readonly header: Pick<Metadata, 'space' | 'depth' | 'hasProfile'>
}

/** Returns the first page, upright. Transparency is kept. */
export async function openSrgb(
  { bytes, encoding, hasOthers }: PictureColours,
  { failOn, maxPixels, header }: OpenOptions,
): Promise<Sharp> {
  const sharp = loadSharp()
  const options = { failOn, limitInputPixels: maxPixels, pages: 1, ignoreIcc: encoding !== null }
  const image = sharp(bytes, options).autoOrient()
  const pipeline = header.hasProfile && encoding === null ? PIPELINES[header.space ?? ''] : undefined
  if (pipeline !== undefined) image.pipelineColourspace(pipeline)
  if (encoding === null && !hasOthers) return image
  // This must come first: sharp would take the masks for transparency.
  if (hasOthers) image.removeAlpha()
  const isWide = encoding !== null && header.depth === 'ushort'
  image.toColourspace(isWide ? 'rgb16' : 'srgb').raw({ depth: isWide ? 'ushort' : 'uchar' })
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const samples = isWide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data
  const pixels = encoding === null ? data : toSrgbPixels({ data: samples, channels }, encoding)
  return sharp(pixels, { raw: { width, height, channels } })
}

/** For 16-bit pictures sharp would otherwise return Display P3, and ignore the profiles of greyscale pictures. */
const PIPELINES: Readonly<Record<string, string>> = { rgb16: 'srgb', grey16: 'b-w' }
