/** Conditions that are made from the picture itself, on several threads. */
import { join } from 'node:path'
import type { ConditionReply, ConditionRequest, PictureCondition } from './condition-worker.ts'
import { packageRoot } from './package-root.ts'
import { PictureError } from './picture-error.ts'
import { openThreadPool } from './thread-pool.ts'

export interface PictureConditions {
  /** A file that can't be used: PictureError. */
  make(request: ConditionRequest): Promise<PictureCondition>
  close(): Promise<void>
}

const WORKER_FILE = join(packageRoot, 'dist', 'tools', 'condition-worker.js')

export async function openPictureConditions(
  workers: number,
  signal: AbortSignal,
): Promise<PictureConditions> {
  const pool = await openThreadPool<null, ConditionRequest, ConditionReply>({
    file: WORKER_FILE,
    data: null,
    size: workers,
    signal,
  })
  return {
    async make(request) {
      const reply = await pool.ask(request)
      if (reply.type === 'made') return reply.made
      if (reply.type === 'picture-error') throw new PictureError(reply.code, reply.message)
      throw reply.error
    },
    close: () => pool.close(),
  }
}
