import { open } from 'node:fs/promises'
import {
  LENGTH_BYTES,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsHeader,
} from '../../formats/safetensors.ts'

/** Returns the header of a safetensors file, whose data may be cut off; null when the file has none that is whole. */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader | null> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const read = async (position: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(length), position, length })
      return buffer.subarray(0, bytesRead)
    }
    const length = safetensorsHeaderLength(await read(0, LENGTH_BYTES))
    if (length === null || LENGTH_BYTES + length > size) return null
    return parseSafetensorsHeader(await read(LENGTH_BYTES, length))
  } finally {
    await handle.close()
  }
}
