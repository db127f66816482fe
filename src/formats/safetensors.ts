/** The header of a safetensors file: 8 bytes with its length, then JSON with name, type, shape and place of each tensor. */

export interface SafetensorsHeader {
  /** How long the whole file has to be. */
  readonly sizeBytes: number
  /** Number of values by the first part of the tensors' names: `{ down_blocks: 250_000 }`. */
  readonly values: Readonly<Record<string, number>>
  /** How many tensors there are. */
  readonly tensors: number
}

/** Bytes that hold the length of the JSON. */
export const LENGTH_BYTES = 8

const LONGEST_HEADER = 100_000_000n

/** Bytes of the JSON header behind the first eight, which hold this length; null when it can't be one. */
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

/** Reads the JSON behind the length; null when it is no header. */
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
