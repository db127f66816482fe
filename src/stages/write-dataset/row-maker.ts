/** Makes the two pictures of a row, on several threads. */
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'
import type { RowPictures, RowRequest, RowWork } from './row-worker.ts'

export interface RowMaker {
  /** How many rows keep all threads busy while the last ones are written. */
  readonly width: number
  /** A picture that is gone or another one than it was: PictureError. */
  make(request: RowRequest): Promise<RowPictures>
  /** Takes the memory of a picture that is written: the threads put others there. */
  reuse(picture: Uint8Array): void
  close(): Promise<void>
}

const WORKER_FILE = programFile('row-worker')

export async function openRowMaker(workers: number, signal: AbortSignal): Promise<RowMaker> {
  const pool = await openPictureThreads<null, RowWork, RowPictures>({
    file: WORKER_FILE,
    data: null,
    // A thread waits now and then, for a file or for a picture that is decoded beside it.
    size: workers + 1,
    depth: 16,
    signal,
  })
  const spares: ArrayBuffer[] = []
  return {
    width: pool.width,
    make(request) {
      const spare = spares.pop() ?? null
      return pool.ask({ ...request, spare }, spare === null ? [] : [spare])
    },
    reuse({ buffer }) {
      if (buffer instanceof ArrayBuffer && spares.length < pool.width) spares.push(buffer)
    },
    close: () => pool.close(),
  }
}
