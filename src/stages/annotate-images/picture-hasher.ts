/** Reads and hashes pictures, on several threads. */
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'
import type { Located } from '../../tools/files/located.ts'
import type { ThreadPool } from '../../tools/threads/thread-pool.ts'

export interface PictureHasher {
  /** How many pictures at once keep all threads busy. */
  readonly width: number
  /** Returns the sha256 in hexadecimal. Throws PictureError for an unreadable picture. */
  hash(located: Located): Promise<string>
  close(): Promise<void>
}

const WORKER_FILE = programFile('hash-worker')
const DEPTH = 8

/** Starts the threads with the first picture, so that none start when all hashes are known. */
export function openPictureHasher(workers: number, signal: AbortSignal): PictureHasher {
  let opened: Promise<ThreadPool<null, Located, string>> | null = null
  return {
    width: workers * DEPTH,
    async hash(located) {
      opened ??= openPictureThreads({ file: WORKER_FILE, data: null, size: workers, depth: DEPTH, signal })
      return (await opened).ask(located)
    },
    close: async () => opened?.then((threads) => threads.close()),
  }
}
