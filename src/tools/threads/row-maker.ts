/** Makes the two pictures of a row, on several threads. */
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { openPictureThreads } from './picture-threads.ts'
import type { RowPictures, RowRequest } from './row-worker.ts'

export interface RowMaker {
  /** How many rows keep all threads busy while the last ones are written. */
  readonly width: number
  /** A picture that is gone or another one than it was: PictureError. */
  make(request: RowRequest): Promise<RowPictures>
  close(): Promise<void>
}

const WORKER_FILE = join(packageRoot, 'dist', 'tools', 'threads', 'row-worker.js')

export async function openRowMaker(workers: number, signal: AbortSignal): Promise<RowMaker> {
  const pool = await openPictureThreads<null, RowRequest, RowPictures>({
    file: WORKER_FILE,
    data: null,
    // A thread waits now and then, for a file or for a picture that is decoded beside it.
    size: workers + 1,
    depth: 16,
    signal,
  })
  return {
    width: pool.width,
    make: (request) => pool.ask(request),
    close: () => pool.close(),
  }
}
