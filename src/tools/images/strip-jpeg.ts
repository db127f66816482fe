/** Removes metadata from a JPEG without decoding its pixels. */
import { isSrgbProfile } from '../../formats/pictures/icc-profile.ts'
import { isUpright, type Join } from './strip-png.ts'

const [SOI, EOI, SOS, COMMENT] = [0xd8, 0xd9, 0xda, 0xfe]
const [APP0, APP1, APP2, APP14, APP15] = [0xe0, 0xe1, 0xe2, 0xee, 0xef]
/** Baseline, extended and progressive. Other types are rare, and some readers don't know them. */
const FRAMES = [0xc0, 0xc1, 0xc2]
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]

interface Segment {
  readonly marker: number
  /** The bytes after the length. */
  readonly data: Buffer
  /** The segment with marker and length; for a scan also its compressed pixels. */
  readonly whole: Buffer
}

/**
 * Returns null when the pixels can't be kept as they are: not `side` pixels square, not 8-bit with three components, rotated by
 * EXIF, not sRGB, or cut short. Data after the end of the picture is removed too.
 */
export function stripJpeg(bytes: Buffer, side: number, join: Join = Buffer.concat): Buffer | null {
  const segments = parseSegments(bytes)
  if (segments === null || !segments.every(keepsLook) || !hasSrgbColours(segments)) return null
  const frame = segments.find(({ marker }) => FRAMES.includes(marker))?.data
  if (frame === undefined || frame.length < 6 || frame[0] !== 8 || frame[5] !== 3) return null
  if (frame.readUInt16BE(1) !== side || frame.readUInt16BE(3) !== side) return null
  const needed = segments.filter(({ marker }) => !isMetadata(marker))
  return join([Buffer.from([0xff, SOI]), ...needed.map(({ whole }) => whole), Buffer.from([0xff, EOI])])
}

/** Returns null when the file is not a JPEG or has no end. */
function parseSegments(bytes: Buffer): Segment[] | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null
  const segments: Segment[] = []
  for (let at = 2; at + 4 <= bytes.length || bytes[at + 1] === EOI;) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === EOI) return segments
    if (marker === 0xff) {
      at++
      continue
    }
    const dataEnd = at + 2 + bytes.readUInt16BE(at + 2)
    const end = marker === SOS ? findScanEnd(bytes, dataEnd) : dataEnd
    if (end > bytes.length) return null
    segments.push({ marker, data: bytes.subarray(at + 4, dataEnd), whole: bytes.subarray(at, end) })
    at = end
  }
  return null
}

/** Returns the position of the next marker; skips stuffed zeros and restart markers. */
function findScanEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return Infinity
}

/** JFIF and Adobe segments say how colours are stored. All other APP segments and comments are metadata. */
function isMetadata(marker: number): boolean {
  return marker === COMMENT || (marker > APP0 && marker <= APP15 && marker !== APP14)
}

/** Returns true when the picture looks the same without this segment. */
function keepsLook({ marker, data }: Segment): boolean {
  if (OTHER_FRAMES.includes(marker)) return false
  const name = data.toString('latin1', 0, 12)
  if (marker === APP1 && name.startsWith('Exif\0\0')) return isUpright(data.subarray(6))
  // Adobe's colour transform 1 is YCbCr. Other values mean RGB, which few readers expect.
  if (marker === APP14 && name.startsWith('Adobe')) return data[11] === 1
  return true
}

const PROFILE = Buffer.from('ICC_PROFILE\0', 'latin1')

/** A profile may be split into numbered parts; each contains its number (from 1) and the total. */
function hasSrgbColours(segments: readonly Segment[]): boolean {
  const start = PROFILE.length
  const parts = segments
    .filter(({ marker, data }) => marker === APP2 && data.subarray(0, start).equals(PROFILE))
    .map(({ data }) => ({ place: data[start], of: data[start + 1], bytes: data.subarray(start + 2) }))
    .sort((a, b) => a.place! - b.place!)
  if (parts.length === 0) return true
  const isWhole = parts.every(({ place, of }, index) => place === index + 1 && of === parts.length)
  return isWhole && isSrgbProfile(Buffer.concat(parts.map(({ bytes }) => bytes)))
}
