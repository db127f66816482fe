/** Parses one record of a zip's central directory. Every length is checked against the available bytes before it is used. */
import { toNumber } from './end-record.ts'
import { decodeName } from './entry-name.ts'
import { damaged } from './zip-error.ts'

/** An entry as the central directory describes it, not yet checked. */
export interface RawEntry {
  /** The name of a folder ends with a slash. */
  readonly name: string
  readonly nameBytes: number
  readonly recordBytes: number
  readonly flags: number
  readonly method: number
  readonly crc32: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  /** Offset of the local header from the archive's own start. */
  readonly offset: number
  /** Unix file type and permissions; 0 if the entry was not written on Unix or macOS. */
  readonly unixMode: number
}

const RECORD = { signature: 0x02014b50, bytes: 46 }
const FULL_32 = 0xffffffff
const SIZES_64 = 0x0001
const UNICODE_NAME = 0x7075
const NAMES_ARE_UTF8 = 0x800

/** `index` is only used in messages. Throws ZipError. */
export function readRecord(bytes: Buffer, at: number, index: number): RawEntry {
  const nameAt = at + RECORD.bytes
  if (nameAt > bytes.length || bytes.readUInt32LE(at) !== RECORD.signature) throw broken(index)
  const flags = bytes.readUInt16LE(at + 8)
  const nameBytes = bytes.readUInt16LE(at + 28)
  const extraBytes = bytes.readUInt16LE(at + 30)
  const recordBytes = RECORD.bytes + nameBytes + extraBytes + bytes.readUInt16LE(at + 32)
  if (at + recordBytes > bytes.length) throw broken(index)
  const record: Spans = {
    bytes,
    at,
    nameAt,
    extraAt: nameAt + nameBytes,
    extraEnd: nameAt + nameBytes + extraBytes,
  }
  const sizes = readSizes(record)
  return {
    name: readName(record, flags, index),
    nameBytes,
    recordBytes,
    flags,
    method: bytes.readUInt16LE(at + 10),
    crc32: bytes.readUInt32LE(at + 16),
    compressedBytes: sizes.compressedBytes,
    sizeBytes: sizes.sizeBytes,
    offset: sizes.offset,
    unixMode: isUnix(bytes[at + 5]!) ? bytes.readUInt16LE(at + 40) : 0,
  }
}

interface Spans {
  readonly bytes: Buffer
  readonly at: number
  readonly nameAt: number
  readonly extraAt: number
  readonly extraEnd: number
}

function readName(record: Spans, flags: number, index: number): string {
  const { bytes, nameAt, extraAt } = record
  if (isAscii(bytes, nameAt, extraAt)) return bytes.toString('latin1', nameAt, extraAt)
  const isUtf8 = (flags & NAMES_ARE_UTF8) !== 0
  const name = decodeName(bytes.subarray(nameAt, extraAt), {
    isUtf8,
    unicode: findField(record, UNICODE_NAME),
  })
  if (name === null) throw damaged(`has a name that is not the UTF-8 it is said to be (entry ${index + 1})`)
  return name
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false
  return true
}

type Sizes = Pick<RawEntry, 'compressedBytes' | 'sizeBytes' | 'offset'>

function readSizes(record: Spans): Sizes {
  const { bytes, at } = record
  const compressedBytes = bytes.readUInt32LE(at + 20)
  const sizeBytes = bytes.readUInt32LE(at + 24)
  const offset = bytes.readUInt32LE(at + 42)
  const isFull = compressedBytes === FULL_32 || sizeBytes === FULL_32 || offset === FULL_32
  return isFull
    ? readSizes64(record, [sizeBytes, compressedBytes, offset])
    : { compressedBytes, sizeBytes, offset }
}

/** Reads the values that don't fit into 32 bits from the zip64 extra field. They stand there in the order of `small`. */
function readSizes64(record: Spans, small: readonly number[]): Sizes {
  const field = findField(record, SIZES_64)
  let used = 0
  const [sizeBytes, compressedBytes, offset] = small.map((value) => {
    if (value !== FULL_32) return value
    if (field === null || used + 8 > field.length) throw damaged('has an entry without its zip64 sizes')
    used += 8
    return toNumber(field.readBigUInt64LE(used - 8))
  })
  return { sizeBytes: sizeBytes!, compressedBytes: compressedBytes!, offset: offset! }
}

function findField({ bytes, extraAt, extraEnd }: Spans, wanted: number): Buffer | null {
  for (let at = extraAt; at + 4 <= extraEnd;) {
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (bytes.readUInt16LE(at) === wanted && end <= extraEnd) return bytes.subarray(at + 4, end)
    at = end
  }
  return null
}

/** Returns true when the entry was written on Unix or macOS. */
function isUnix(system: number): boolean {
  return system === 3 || system === 19
}

function broken(index: number): Error {
  return damaged(`has a broken directory (entry ${index + 1})`)
}
