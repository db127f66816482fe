/**
 * The records of a TFRecord file, read while the file grows. A record is: its length (8 bytes, little-endian), the
 * masked CRC-32C of those 8 bytes, the data, the masked CRC-32C of the data.
 */
import { maskedCrc32c } from './crc32c.ts'

export interface RecordReader {
  /** Takes the file's next bytes, cut anywhere; returns the data of the records that are whole by now. */
  push(bytes: Uint8Array): Uint8Array[]
  /** Says what is wrong with the file; null while nothing is. */
  problem(): string | null
}

const LENGTH_BYTES = 8
const CRC_BYTES = 4
const HEAD_BYTES = LENGTH_BYTES + CRC_BYTES

/** A record of one picture has a few MB; a longer one is no record of a training. */
const LONGEST_RECORD = 256 * 1024 * 1024

/** A record whose data is damaged is left out. Behind a damaged length nothing can be found any more. */
export function readRecords(): RecordReader {
  let carry: Uint8Array[] = []
  let carried = 0
  let wanted = HEAD_BYTES
  let offset = 0
  let problem: string | null = null
  let lost = false

  const nextRecords = (bytes: Uint8Array): Uint8Array[] => {
    const records: Uint8Array[] = []
    let at = 0
    for (;;) {
      wanted = HEAD_BYTES
      if (bytes.length - at < HEAD_BYTES) break
      const length = readLength(bytes.subarray(at, at + HEAD_BYTES))
      if (length === null) {
        lost = true
        problem ??= `the length of the record at byte ${offset + at} is damaged`
        break
      }
      wanted = HEAD_BYTES + length + CRC_BYTES
      if (bytes.length - at < wanted) break
      const data = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)
      if (maskedCrc32c(data) === readUint32(bytes, at + HEAD_BYTES + length)) records.push(data)
      else problem ??= `the data of the record at byte ${offset + at} is damaged`
      at += wanted
    }
    offset += at
    carry = lost || at === bytes.length ? [] : [bytes.slice(at)]
    carried = lost ? 0 : bytes.length - at
    return records
  }
  return {
    push(bytes) {
      if (lost || bytes.length === 0) return []
      carry.push(bytes)
      carried += bytes.length
      return carried < wanted ? [] : nextRecords(join(carry, carried))
    },
    problem: () => problem,
  }
}

/** Null if the length doesn't fit its CRC, or no record can be so long. */
function readLength(head: Uint8Array): number | null {
  if (maskedCrc32c(head.subarray(0, LENGTH_BYTES)) !== readUint32(head, LENGTH_BYTES)) return null
  const length = readUint32(head, 0) + readUint32(head, 4) * 2 ** 32
  return length <= LONGEST_RECORD ? length : null
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
