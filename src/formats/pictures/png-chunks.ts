/** Reads and writes the chunks of a PNG file. Pure. */
import { crc32 } from 'node:zlib'

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export interface PngChunk {
  readonly type: string
  readonly data: Buffer
  /** The whole chunk: length, type, data and checksum. */
  readonly whole: Buffer
}

/** Bytes of a chunk besides its data: length, type and checksum. */
const FRAME_BYTES = 12

/** Yields chunks up to IEND, or up to the first one that is cut short. Does not verify checksums. */
export function* readPngChunks(png: Buffer): Generator<PngChunk> {
  if (!png.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return
  for (let at = PNG_SIGNATURE.length; at + FRAME_BYTES <= png.length;) {
    const end = at + FRAME_BYTES + png.readUInt32BE(at)
    if (end > png.length) return
    const whole = png.subarray(at, end)
    const type = whole.toString('latin1', 4, 8)
    yield { type, data: whole.subarray(8, -4), whole }
    if (type === 'IEND') return
    at = end
  }
}

export function isWholeChunk({ whole }: PngChunk): boolean {
  return crc32(whole.subarray(4, -4)) === whole.readUInt32BE(whole.length - 4)
}

/** Returns the chunk in three parts, so that `data` is not copied: length and type, data, checksum. */
export function formatPngChunk(
  type: string,
  data: Buffer,
): readonly [head: Buffer, data: Buffer, tail: Buffer] {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length, 0)
  head.write(type, 4, 'latin1')
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0)
  return [head, data, checksum]
}
