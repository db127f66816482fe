/** Decides how to read a TIFF's colours when libvips would show wrong ones or refuse. Pure. */
import { parseTiffTags, type TiffTags } from './tiff-tags.ts'

export interface TiffColours {
  /** The colour space of the first three samples when libvips does not convert it; null when it does. */
  readonly encoding: TiffEncoding | null
  /** True when the extra samples are masks or spot colours, not transparency. */
  readonly hasOthers: boolean
}

export type TiffEncoding = 'cielab' | 'icclab' | 'ycbcr'

const [BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, INK_SET] = [258, 259, 262, 277, 332]
const [EXTRA_SAMPLES, COEFFICIENTS, SUBSAMPLING, REFERENCE, PROFILE] = [338, 529, 530, 532, 34675]
const [RGB, SEPARATED, YCBCR, CIELAB, ICCLAB] = [2, 5, 6, 8, 9]
const JPEG = 7

/** Greyscale (white or black is zero), RGB and palette: libvips reads them correctly. */
const USUAL = [0, 1, RGB, 3]
const NAMES: Readonly<Record<number, string>> = {
  4: 'a mask',
  10: 'ITU Lab',
  32803: 'the raw data of a camera',
  32844: 'LogL',
  32845: 'LogLuv',
  34892: 'the raw data of a camera',
}

/** Returns a `problem` when the picture would come out in wrong colours. */
export function planTiffColours(bytes: Uint8Array): TiffColours | { readonly problem: string } {
  const tags = parseTiffTags(bytes)
  const kind = tags?.read(PHOTOMETRIC)?.[0]
  if (tags === null || kind === undefined) return { encoding: null, hasOthers: false }
  const problem = findProblem(kind, tags)
  if (problem !== null) return { problem }
  return { encoding: planEncoding(kind, tags), hasOthers: tags.read(EXTRA_SAMPLES)?.[0] === 0 }
}

function planEncoding(kind: number, tags: TiffTags): TiffEncoding | null {
  if (kind === CIELAB) return 'cielab'
  if (kind === ICCLAB) return 'icclab'
  return kind === YCBCR && !isJpeg(tags) ? 'ycbcr' : null
}

function findProblem(kind: number, tags: TiffTags): string | null {
  if (USUAL.includes(kind)) return null
  if (kind === SEPARATED) return findInkProblem(tags)
  if (kind === CIELAB || kind === ICCLAB) return findLabProblem(kind, tags)
  if (kind === YCBCR) return isJpeg(tags) ? null : findYcbcrProblem(tags)
  const name = NAMES[kind] ?? `photometric interpretation ${kind}`
  return `its colours are ${name}; expected grey, RGB, CMYK, Lab or YCbCr`
}

function findInkProblem(tags: TiffTags): string | null {
  const samples = tags.read(SAMPLES)?.[0] ?? 1
  if ((tags.read(INK_SET)?.[0] ?? 1) === 1 && samples >= 4) return null
  return 'its colours are inks of its own; expected CMYK'
}

function findLabProblem(kind: number, tags: TiffTags): string | null {
  const bits = tags.read(BITS)?.[0] ?? 1
  if (bits === 8 || (bits === 16 && kind === CIELAB)) return null
  return `its Lab colours have ${bits} bits; expected 8${kind === CIELAB ? ' or 16' : ''}`
}

/** libtiff converts JPEG-compressed TIFFs to RGB itself. */
const isJpeg = (tags: TiffTags): boolean => tags.read(COMPRESSION)?.[0] === JPEG

function findYcbcrProblem(tags: TiffTags): string | null {
  const isPlain =
    tags.read(BITS)?.[0] === 8 &&
    tags.read(COMPRESSION)?.[0] !== 6 &&
    tags.read(PROFILE) === null &&
    isNear(tags.read(SUBSAMPLING) ?? [2, 2], [1, 1]) &&
    isNear(tags.read(COEFFICIENTS) ?? USUAL_COEFFICIENTS, USUAL_COEFFICIENTS) &&
    isNear(tags.read(REFERENCE) ?? FULL_RANGE, FULL_RANGE)
  return isPlain ? null : 'its YCbCr colours are of an unusual kind; save it as RGB, or with JPEG compression'
}

/** Shares of red, green and blue in the brightness (BT.601). */
const USUAL_COEFFICIENTS = [0.299, 0.587, 0.114]
/** Black and white level of Y, Cb and Cr. */
const FULL_RANGE = [0, 255, 128, 255, 128, 255]

function isNear(found: readonly number[], expected: readonly number[]): boolean {
  return (
    found.length === expected.length && found.every((value, i) => Math.abs(value - expected[i]!) < 0.0005)
  )
}

/** Returns a copy whose tag says RGB, so that libvips returns the samples unconverted. */
export function labelAsRgb(bytes: Uint8Array): Uint8Array {
  const tags = parseTiffTags(bytes)
  const place = tags?.place(PHOTOMETRIC)
  if (!tags || typeof place !== 'number') return bytes
  const copy = new Uint8Array(bytes)
  new DataView(copy.buffer).setUint16(place, RGB, tags.isLittle)
  return copy
}
