import { once } from 'node:events'
import type { Writable } from 'node:stream'

/**
 * Writes the pieces to a program's stdin, no faster than it reads them, then ends it. A program that stops reading is no
 * failure: how it ends tells.
 */
export async function feedStdin(stdin: Writable, pieces: AsyncIterable<string>): Promise<void> {
  stdin.on('error', () => undefined)
  for await (const piece of pieces) {
    if (!stdin.destroyed && !stdin.write(piece)) await drained(stdin)
    if (stdin.destroyed) return
  }
  stdin.end()
}

async function drained(stdin: Writable): Promise<void> {
  if (stdin.destroyed) return
  const waited = new AbortController()
  const { signal } = waited
  try {
    await Promise.race([once(stdin, 'drain', { signal }), once(stdin, 'close', { signal })])
  } catch {
    // It broke, and is closed.
  } finally {
    waited.abort()
  }
}
