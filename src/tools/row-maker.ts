/** Makes the two pictures of a row, on several threads. */
import { join } from 'node:path'
import { packageRoot } from './package-root.ts'
import { PictureError } from './picture-error.ts'
import type { RowPictures, RowReply, RowRequest } from './row-worker.ts'
import { openThreadPool } from './thread-pool.ts'

export interface RowMaker {
  /** Threads. */
  readonly width: number
  /** A picture that is gone or another one than it was: PictureError. */
  make(request: RowRequest): Promise<RowPictures>
  close(): Promise<void>
}

const WORKER_FILE = join(packageRoot, 'dist', 'tools', 'row-worker.js')

export async function openRowMaker(workers: number, signal: AbortSignal): Promise<RowMaker> {
  const pool = await openThreadPool<null, RowRequest, RowReply>({
    file: WORKER_FILE,
    data: null,
    size: workers,
    signal,
  })
  return {
    width: pool.size,
    async make(request) {
      const reply = await pool.ask(request)
      if (reply.type === 'row') return reply.row
      if (reply.type === 'picture-error') throw new PictureError(reply.code, reply.message)
      throw reply.error
    },
    close: () => pool.close(),
  }
}
