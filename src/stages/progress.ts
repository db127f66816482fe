import type { EventBody } from '../events.ts'
import type { StageName } from '../types.ts'

interface ProgressOptions {
  readonly report: (event: EventBody) => void
  readonly stage: StageName
  readonly total: number
  readonly unit: string
}

type ProgressEvent = Extract<EventBody, { type: 'progress' }>

/** What a progress event may tell besides how much is done. */
export type ProgressDetail = Pick<ProgressEvent, 'note' | 'detail' | 'known' | 'counts'>

/** Every so often is enough to look at, and keeps the event log small. */
const INTERVAL_MS = 200

/** The first and the last are always reported. `describe` is asked only then. */
export function reportProgress({
  report,
  stage,
  total,
  unit,
}: ProgressOptions): (done: number, describe?: () => ProgressDetail) => void {
  let last = -Infinity
  return (done, describe) => {
    const now = performance.now()
    if (done < total && now - last < INTERVAL_MS) return
    last = now
    report({ type: 'progress', stage, done, total, unit, ...describe?.() })
  }
}
