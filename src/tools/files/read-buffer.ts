/** Memory for one file after another: fresh memory is as dear as the reading. What lies in it holds until it is used again. */
export interface ReadBuffer {
  bytes: Buffer
}

export function createReadBuffer(): ReadBuffer {
  return { bytes: Buffer.allocUnsafeSlow(2 ** 20) }
}

/** What is larger gets memory of its own. */
const LARGEST_KEPT_BYTES = 2 ** 24

/** Room for so many bytes; undefined where none is to be used, or they are too many to keep memory for. */
export function makeRoom(into: ReadBuffer | undefined, length: number): Buffer | undefined {
  if (into === undefined || length > LARGEST_KEPT_BYTES) return undefined
  if (into.bytes.length < length) into.bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)))
  return into.bytes
}
