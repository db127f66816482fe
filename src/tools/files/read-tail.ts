import { open } from 'node:fs/promises'

const TAIL_BYTES = 65_536

/** Returns the complete lines in the last 64 KiB of a file, oldest first; an empty list when the file does not exist. */
export async function readLastLines(path: string): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return []
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start })
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    // The last element is empty or an incomplete line; the first line may be cut.
    return lines.slice(start === 0 ? 0 : 1, -1)
  } finally {
    await handle.close()
  }
}
