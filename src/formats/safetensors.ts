/**
 * Reads the header of a safetensors file: 8 bytes with the length of a JSON text, which lists name, type, shape and position of
 * each tensor.
 */

export interface SafetensorsHeader {
  /** Size that the whole file must have. */
  readonly sizeBytes: number
  /** Number of values, grouped by the first part of the tensors' names: `{ down_blocks: 250_000 }`. */
  readonly values: Readonly<Record<string, number>>
  /** How many tensors there are. */
  readonly tensors: number
}

/** Number of bytes that hold the JSON's length. */
export const LENGTH_BYTES = 8

const LONGEST_HEADER = 100_000_000n

/**
 * Returns the length in bytes of the JSON header, read from the file's first eight bytes; null when the value is not plausible.
 */
export function safetensorsHeaderLength(firstBytes: Uint8Array): number | null {
  if (firstBytes.length < LENGTH_BYTES) return null
  const bytes = new DataView(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength)
  const length = bytes.getBigUint64(0, true)
  return length > LONGEST_HEADER ? null : Number(length)
}

interface Entry {
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Parses the JSON that follows the length; returns null when it is not a valid header. */
export function parseSafetensorsHeader(header: Uint8Array): SafetensorsHeader | null {
  try {
    const parsed = JSON.parse(new TextDecoder().decode(header)) as Record<string, Entry>
    const entries = Object.entries(parsed).filter(([name]) => name !== '__metadata__')
    const values: Record<string, number> = {}
    for (const [name, { shape }] of entries) {
      const part = name.split('.')[0]!
      values[part] = (values[part] ?? 0) + shape.reduce((product, side) => product * side, 1)
    }
    const dataBytes = Math.max(0, ...entries.map(([, entry]) => entry.data_offsets[1]))
    const sizeBytes = LENGTH_BYTES + header.length + dataBytes
    return Number.isSafeInteger(sizeBytes) ? { sizeBytes, values, tensors: entries.length } : null
  } catch {
    return null
  }
}
