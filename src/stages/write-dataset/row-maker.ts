/** Makes the two pictures of each row, on several threads. */
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'
import type { RowPictures, RowRequest, RowWork } from './row-worker.ts'

export interface RowMaker {
  /** How many rows at once keep all threads busy while finished ones are written. */
  readonly width: number
  /** Throws PictureError when the picture is gone or has changed. */
  make(request: RowRequest): Promise<RowPictures>
  /** Returns a written picture's buffer to the threads for reuse. */
  reuse(picture: Uint8Array): void
  close(): Promise<void>
}

const WORKER_FILE = programFile('row-worker')

export async function openRowMaker(workers: number, signal: AbortSignal): Promise<RowMaker> {
  const pool = await openPictureThreads<null, RowWork, RowPictures>({
    file: WORKER_FILE,
    data: null,
    // One thread more than cores, because a thread sometimes waits for a file or a parallel decode.
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
