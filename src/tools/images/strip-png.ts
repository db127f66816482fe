/** A PNG without its metadata, its compressed pixels untouched. */
import { crc32, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** 1 / 2.2, which is what sRGB pictures say of themselves. */
const SRGB_GAMMA = 45455

/** Puts pieces together, one after the other. */
export type Join = (pieces: readonly Uint8Array[]) => Buffer

interface Chunk {
  readonly type: string
  readonly data: Buffer
  /** With length, type and checksum. */
  readonly whole: Buffer
}

/**
 * Null when the pixels can't be taken as they are: not `side` pixels square, not 8-bit RGB, transparent, in another
 * colour space, or damaged.
 */
export function stripPng(bytes: Buffer, side: number, join: Join = Buffer.concat): Buffer | null {
  const chunks = parseChunks(bytes)
  if (chunks === null || chunks[0]?.type !== 'IHDR' || chunks.at(-1)?.type !== 'IEND') return null
  const header = chunks[0].data
  const isRgb = header[8] === 8 && header[9] === 2
  if (!isRgb || header.readUInt32BE(0) !== side || header.readUInt32BE(4) !== side) return null
  if (!chunks.every(keepsColours)) return null
  const needed = chunks.filter(({ type }) => type === 'IHDR' || type === 'IDAT' || type === 'IEND')
  return join([SIGNATURE, ...needed.map(({ whole }) => whole)])
}

/** Null when a length or a checksum is wrong. */
function parseChunks(bytes: Buffer): Chunk[] | null {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return null
  const chunks: Chunk[] = []
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) return null
    const whole = bytes.subarray(at, end)
    if (crc32(whole.subarray(4, -4)) !== whole.readUInt32BE(whole.length - 4)) return null
    const type = whole.toString('latin1', 4, 8)
    chunks.push({ type, data: whole.subarray(8, -4), whole })
    if (type === 'IEND') return chunks
    at = end
  }
  return null
}

/** Whether the picture looks the same without this chunk. Unknown critical chunks (upper case) can't be judged. */
function keepsColours({ type, data }: Chunk): boolean {
  if (type === 'tRNS' || type === 'cICP' || type === 'acTL') return false
  if (type === 'gAMA') return data.readUInt32BE(0) === SRGB_GAMMA
  if (type === 'iCCP') return isSrgbProfile(data)
  if (type === 'eXIf') return isUpright(data)
  return /^[a-z]/.test(type) || ['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type)
}

function isSrgbProfile(data: Buffer): boolean {
  try {
    return namesSrgb(inflateSync(data.subarray(data.indexOf(0) + 2), { maxOutputLength: 4_000_000 }))
  } catch {
    return false
  }
}

/** Whether an ICC profile calls itself sRGB, in its description's ASCII or UTF-16. */
export function namesSrgb(profile: Buffer): boolean {
  return /s\0?R\0?G\0?B/.test(profile.toString('latin1'))
}

/** Whether an EXIF block (TIFF header first) names no orientation, or the ordinary one. Without a readable answer: no. */
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
