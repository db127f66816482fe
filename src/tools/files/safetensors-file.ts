import { open } from 'node:fs/promises'
import {
  LENGTH_BYTES,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsHeader,
} from '../../formats/safetensors.ts'

/** Returns the header of a safetensors file, even if its data is cut off; null when the header is incomplete or invalid. */
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
