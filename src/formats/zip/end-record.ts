/**
 * Finds a zip's central directory from the end record in the archive's last bytes. Format: APPNOTE.TXT 6.3.10, 4.3.14 to
 * 4.3.16.
 */
import { damaged, ZipError } from './zip-error.ts'

const END = { signature: 0x06054b50, bytes: 22 }
const LOCATOR = { signature: 0x07064b50, bytes: 20 }
const END_64 = { signature: 0x06064b50, bytes: 56 }
const FULL_16 = 0xffff
const FULL_32 = 0xffffffff

/** This many bytes from the archive's end always contain the end records, even with the longest possible comment. */
export const TAIL_BYTES = 128 * 1024

export interface DirectoryPlace {
  /** Offset from the start of the file. */
  readonly offset: number
  readonly bytes: number
  readonly entries: number
  /** Bytes before the archive itself, such as a self-extracting program. The offsets in the archive don't count them. */
  readonly prefixBytes: number
}

/** `tail` is the last TAIL_BYTES of the archive, or all of it when it is shorter. Throws ZipError. */
export function parseEndRecord(tail: Buffer, sizeBytes: number): DirectoryPlace {
  const at = findEnd(tail)
  if (at === null) {
    const remedy =
      'Expected a whole zip archive: fetch or copy it again if it should be one. Of an archive in parts (.001, .002 …), all must lie in one folder.'
    throw new ZipError('zip-missing', 'is not a zip archive, or its end is missing', remedy)
  }
  const tailAt = sizeBytes - tail.length
  const small = readEnd(tail, at)
  const end64 = findEnd64(tail, at, { tailAt, isNeeded: needs64(small) })
  const { disk, directoryDisk, entries, entriesHere, bytes, offset } =
    end64 === null ? small : readEnd64(tail, end64)
  if (disk !== 0 || directoryDisk !== 0 || entries !== entriesHere) {
    const remedy = 'Join it to one file first (zip -s 0 PARTS --out WHOLE), or name the unpacked folder.'
    throw new ZipError('zip-unsupported', 'is one volume of a spanned archive', remedy)
  }
  const start = tailAt + (end64 ?? at) - bytes
  const prefixBytes = start - offset
  if (start < 0 || prefixBytes < 0) throw damaged('has a directory at an impossible position')
  return { offset: start, bytes, entries, prefixBytes }
}

/** Returns the position of the last end record whose comment ends exactly where the archive ends. */
function findEnd(tail: Buffer): number | null {
  for (let at = tail.length - END.bytes; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== END.signature) continue
    if (at + END.bytes + tail.readUInt16LE(at + 20) === tail.length) return at
  }
  return null
}

interface End {
  readonly disk: number
  readonly directoryDisk: number
  readonly entriesHere: number
  readonly entries: number
  readonly bytes: number
  readonly offset: number
}

function readEnd(tail: Buffer, at: number): End {
  return {
    disk: tail.readUInt16LE(at + 4),
    directoryDisk: tail.readUInt16LE(at + 6),
    entriesHere: tail.readUInt16LE(at + 8),
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
}

function needs64({ disk, directoryDisk, entriesHere, entries, bytes, offset }: End): boolean {
  return [disk, directoryDisk, entriesHere, entries].includes(FULL_16) || [bytes, offset].includes(FULL_32)
}

/**
 * Returns null when there is no zip64 record; then the 32-bit record is valid. PyTorch always writes a zip64 record, even if it
 * is not needed.
 */
function findEnd64(
  tail: Buffer,
  endAt: number,
  { tailAt, isNeeded }: { readonly tailAt: number; readonly isNeeded: boolean },
): number | null {
  const locator = endAt - LOCATOR.bytes
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR.signature) return null
  // If there are bytes before the archive, the stated position is wrong; then the record usually stands directly before the
  // locator.
  const stated = toNumber(tail.readBigUInt64LE(locator + 8)) - tailAt
  for (const at of [stated, locator - END_64.bytes]) {
    if (at < 0 || at + END_64.bytes > locator || tail.readUInt32LE(at) !== END_64.signature) continue
    return at
  }
  if (!isNeeded) return null
  throw damaged('has no zip64 record where it should be')
}

function readEnd64(tail: Buffer, at: number): End {
  return {
    disk: tail.readUInt32LE(at + 16),
    directoryDisk: tail.readUInt32LE(at + 20),
    entriesHere: toNumber(tail.readBigUInt64LE(at + 24)),
    entries: toNumber(tail.readBigUInt64LE(at + 32)),
    bytes: toNumber(tail.readBigUInt64LE(at + 40)),
    offset: toNumber(tail.readBigUInt64LE(at + 48)),
  }
}

export function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('has a size or place that no file can have')
  return Number(value)
}
