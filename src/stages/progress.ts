import type { EventBody } from '../events.ts'
import type { StageName } from '../types.ts'

interface ProgressOptions {
  readonly report: (event: EventBody) => void
  readonly stage: StageName
  readonly total: number
  readonly unit: string
}

/** Every so often is enough to look at, and keeps the event log small. */
const INTERVAL_MS = 200

/** The first and the last are always reported. */
export function reportProgress({
  report,
  stage,
  total,
  unit,
}: ProgressOptions): (done: number, note?: string) => void {
  let last = -Infinity
  return (done, note) => {
    const now = performance.now()
    if (done < total && now - last < INTERVAL_MS) return
    last = now
    report({ type: 'progress', stage, done, total, unit, ...(note !== undefined && { note }) })
  }
}
