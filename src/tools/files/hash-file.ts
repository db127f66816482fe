import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

interface HashOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (doneBytes: number) => void
}

/** Returns the file's sha256 in hexadecimal; reads it in chunks. */
export async function hashFile(path: string, { signal, onProgress }: HashOptions = {}): Promise<string> {
  const hash = createHash('sha256')
  let done = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(chunk as Buffer)
    onProgress?.((done += (chunk as Buffer).length))
  }
  return hash.digest('hex')
}
