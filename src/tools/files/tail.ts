/** Follows a growing file and reads it line by line. */
import { open } from 'node:fs/promises'

export interface Tail {
  /** Returns the complete lines since the last call; none while the file does not exist. */
  read(): Promise<string[]>
}

const CHUNK_BYTES = 1 << 20

export function openTail(path: string): Tail {
  let offset = 0
  let rest = Buffer.alloc(0)
  return {
    async read() {
      const handle = await open(path, 'r').catch(() => null)
      if (handle === null) return []
      const lines: string[] = []
      try {
        for (;;) {
          const { buffer, bytesRead } = await handle.read({
            buffer: Buffer.alloc(CHUNK_BYTES),
            position: offset,
          })
          if (bytesRead === 0) return lines
          offset += bytesRead
          const all = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
          const end = all.lastIndexOf(10)
          rest = all.subarray(end + 1)
          if (end >= 0) lines.push(...all.toString('utf8', 0, end).split('\n'))
        }
      } finally {
        await handle.close()
      }
    },
  }
}
