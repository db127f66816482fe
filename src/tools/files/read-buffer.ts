/**
 * Memory that is reused for one file after the other, because allocating takes as long as reading. Its content is valid until
 * the next use.
 */
export interface ReadBuffer {
  bytes: Buffer
}

export function createReadBuffer(): ReadBuffer {
  return { bytes: Buffer.allocUnsafeSlow(2 ** 20) }
}

/** Larger files get memory of their own. */
const LARGEST_KEPT_BYTES = 2 ** 24

/**
 * Returns a buffer with room for this many bytes; undefined when no buffer is given, or the size exceeds LARGEST_KEPT_BYTES.
 */
export function makeRoom(into: ReadBuffer | undefined, length: number): Buffer | undefined {
  if (into === undefined || length > LARGEST_KEPT_BYTES) return undefined
  if (into.bytes.length < length) into.bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)))
  return into.bytes
}
