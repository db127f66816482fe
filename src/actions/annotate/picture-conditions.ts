/** Conditions that are made from the picture itself, on several threads. */
import type { ConditionRequest, PictureCondition } from './condition-worker.ts'
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'

export interface PictureConditions {
  /** A file that can't be used: PictureError. */
  make(request: ConditionRequest): Promise<PictureCondition>
  close(): Promise<void>
}

const WORKER_FILE = programFile('condition-worker')

export async function openPictureConditions(
  workers: number,
  signal: AbortSignal,
): Promise<PictureConditions> {
  const pool = await openPictureThreads<null, ConditionRequest, PictureCondition>({
    file: WORKER_FILE,
    data: null,
    size: workers,
    depth: 2,
    signal,
  })
  return {
    make: (request) => pool.ask(request),
    close: () => pool.close(),
  }
}
