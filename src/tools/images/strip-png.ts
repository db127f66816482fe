/** Removes metadata from a PNG without decoding its pixels. */
import {
  isWholeChunk,
  PNG_SIGNATURE,
  readPngChunks,
  type PngChunk,
} from '../../formats/pictures/png-chunks.ts'
import { planPngColours } from '../../formats/pictures/png-colours.ts'

/** Concatenates pieces. */
export type Join = (pieces: readonly Uint8Array[]) => Buffer

/**
 * Returns null when the pixels can't be kept as they are: not `side` pixels square, not 8-bit RGB, transparent, not sRGB, or
 * damaged.
 */
export function stripPng(bytes: Buffer, side: number, join: Join = Buffer.concat): Buffer | null {
  const chunks = parseChunks(bytes)
  if (chunks === null || chunks[0]?.type !== 'IHDR' || chunks.at(-1)?.type !== 'IEND') return null
  const header = chunks[0].data
  const isRgb = header[8] === 8 && header[9] === 2
  if (!isRgb || header.readUInt32BE(0) !== side || header.readUInt32BE(4) !== side) return null
  if (!chunks.every(keepsLook) || planPngColours(bytes).kind !== 'srgb') return null
  const needed = chunks.filter(({ type }) => type === 'IHDR' || type === 'IDAT' || type === 'IEND')
  return join([PNG_SIGNATURE, ...needed.map(({ whole }) => whole)])
}

/** Returns null when a length or a checksum is wrong. */
function parseChunks(bytes: Buffer): PngChunk[] | null {
  const chunks = [...readPngChunks(bytes)]
  return chunks.every(isWholeChunk) ? chunks : null
}

/**
 * Returns true when the picture looks the same without this chunk. An unknown critical chunk (upper-case name) might change it,
 * so the result is false.
 */
function keepsLook({ type, data }: PngChunk): boolean {
  if (type === 'tRNS' || type === 'acTL') return false
  if (type === 'eXIf') return isUpright(data)
  return /^[a-z]/.test(type) || ['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type)
}

/**
 * Returns true when an EXIF block (from its TIFF header on) has no orientation or the normal one; false when it can't be read.
 */
export function isUpright(tiff: Buffer): boolean {
  const little = tiff.toString('latin1', 0, 2) === 'II'
  const read16 = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const read32 = (at: number): number => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  try {
    const directory = read32(4)
    const entries = Array.from({ length: read16(directory) }, (_, index) => directory + 2 + index * 12)
    const orientation = entries.find((at) => read16(at) === 0x0112)
    return orientation === undefined || read16(orientation + 8) === 1
  } catch {
    return false
  }
}
