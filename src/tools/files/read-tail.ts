import { open } from 'node:fs/promises'

const TAIL_BYTES = 65_536

/** The whole lines at the end of a file, oldest first: as many as 64 KiB hold. None where there is no file. */
export async function readLastLines(path: string): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return []
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start })
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    // Behind the last line's end there is nothing, or a line that is being written; the first may be cut.
    return lines.slice(start === 0 ? 0 : 1, -1)
  } finally {
    await handle.close()
  }
}
