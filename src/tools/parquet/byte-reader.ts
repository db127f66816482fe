/** Reads byte ranges of one file, local or remote. */
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '../../errors.ts'
import { describeFileProblem } from '../../file-error.ts'

export interface ByteReader {
  readonly sizeBytes: number
  /** Preferred size of a request when much data is needed. */
  readonly blockBytes: number
  /** Returns the bytes from `start` to `end` (exclusive), all of them. */
  read(start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

const BLOCK_BYTES = 1 << 20

export async function openFileReader(path: string, signal: AbortSignal): Promise<ByteReader> {
  const file = await open(path).catch((error: unknown) => Promise.reject(readError(path, error)))
  const { size } = await file.stat()
  return {
    sizeBytes: size,
    blockBytes: BLOCK_BYTES,
    async read(start, end) {
      signal.throwIfAborted()
      const bytes = Buffer.allocUnsafeSlow(end - start)
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await file
          .read(bytes, done, bytes.length - done, start + done)
          .catch((error: unknown) => Promise.reject(readError(path, error)))
        if (bytesRead === 0) throw readError(path, new Error('it ends too early'))
        done += bytesRead
      }
      return bytes
    },
    close: () => file.close(),
  }
}

function readError(path: string, error: unknown): UserError {
  const { message } = error as Error
  return new UserError(`${basename(path)} can't be read: ${describeFileProblem(error)}.`, {
    code: 'parquet-unreadable',
    problems: [{ where: path, path: 'dataset.source', message }],
    hint: 'Look whether the file is whole and may be read, then run the same command again.',
    cause: error,
  })
}
