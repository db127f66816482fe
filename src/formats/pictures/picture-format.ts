/* eslint-disable no-control-regex -- magic bytes */
/** Recognises a file's format by its first bytes. The file's name is ignored. */

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff'

/** How many bytes from the file's start are needed. */
export const PICTURE_HEAD_BYTES = 64

interface Recognised {
  /** Null for a format that the kit does not read. */
  readonly format: PictureFormat | null
  /** Words for messages: `an SVG drawing`. */
  readonly name: string
}

/** Returns null when the bytes match no known format. */
export function parsePictureFormat(head: Uint8Array): Recognised | null {
  const text = String.fromCharCode(...head.subarray(0, PICTURE_HEAD_BYTES))
  if (text.slice(4, 8) === 'ftyp') return parseBrands(text)
  return SIGNATURES.find(({ pattern }) => pattern.test(text)) ?? null
}

/** Returns true when the bytes begin a picture, also in a format that the kit does not read. */
export function isPictureHead(head: Uint8Array): boolean {
  const found = parsePictureFormat(head)
  return found !== null && (found.format !== null || / picture$/.test(found.name))
}

const SIGNATURES: readonly (Recognised & { readonly pattern: RegExp })[] = [
  { pattern: /^\xff\xd8\xff/, format: 'jpeg', name: 'a JPEG picture' },
  { pattern: /^\x89PNG\r\n\x1a\n/, format: 'png', name: 'a PNG picture' },
  { pattern: /^RIFF[^]{4}WEBP/, format: 'webp', name: 'a WebP picture' },
  { pattern: /^(II[*+]\0|MM\0[*+])/, format: 'tiff', name: 'a TIFF picture' },
  { pattern: /^GIF8/, format: null, name: 'a GIF picture' },
  { pattern: /^BM/, format: null, name: 'a BMP picture' },
  { pattern: /^(\xff\x0a|\0\0\0\x0cJXL )/, format: null, name: 'a JPEG XL picture' },
  { pattern: /^8BPS/, format: null, name: 'a Photoshop file' },
  { pattern: /^%PDF/, format: null, name: 'a PDF document' },
  { pattern: /^PK\x03\x04/, format: null, name: 'a ZIP archive' },
  {
    pattern: /^version https:\/\/git-lfs/,
    format: null,
    name: 'a pointer of Git LFS (git lfs pull fetches the picture)',
  },
  { pattern: /^\s*(\xef\xbb\xbf)?\s*<(!DOCTYPE html|html|head|body)\b/i, format: null, name: 'a web page' },
  { pattern: /^\s*(\xef\xbb\xbf)?\s*<(\?xml|svg|!--|!DOCTYPE svg)/i, format: null, name: 'an SVG drawing' },
]

/** Files of the HEIF family list their brands in the first box (`ftyp`). */
function parseBrands(text: string): Recognised | null {
  const size = (text.charCodeAt(2) << 8) | text.charCodeAt(3)
  const brands = text.slice(8, Math.max(16, size)).match(/.{4}/gs) ?? []
  if (brands.some((brand) => brand === 'avif' || brand === 'avis'))
    return { format: 'avif', name: 'an AVIF picture' }
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)))
    return { format: null, name: HEIC }
  return { format: null, name: 'a video' }
}

export const HEIC = 'a HEIC picture'
