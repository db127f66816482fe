/** How far a fetch is: one line that is drawn anew on a terminal, now and then a line in a log. */
import { formatPercent } from './format.ts'
import { formatAmount, formatBytes, formatCount } from '../words.ts'
import { canRedraw } from './style.ts'

export interface FetchStep {
  readonly step: string
  readonly done: number
  readonly total: number | null
  readonly unit: string
}

interface FetchLine {
  readonly report: (step: FetchStep) => void
  /** Ends the line that is being drawn. */
  close(): void
}

interface FetchLineOptions {
  readonly stream: NodeJS.WriteStream
  readonly quiet: boolean
  readonly now?: () => number
}

const DRAWN_EVERY_MS = 100
const LOGGED_EVERY_MS = 10_000

export function showFetching({ stream, quiet, now = Date.now }: FetchLineOptions): FetchLine {
  const redraw = canRedraw({ isTTY: stream.isTTY === true, columns: stream.columns })
  const every = redraw ? DRAWN_EVERY_MS : LOGGED_EVERY_MS
  let last = { step: '', at: -Infinity }
  let drawn = false
  const report = (step: FetchStep): void => {
    if (quiet || (step.step === last.step && now() - last.at < every)) return
    if (redraw)
      stream.write(`${drawn && step.step !== last.step ? '\n' : ''}\r\u001b[2K${formatFetchStep(step)}`)
    else stream.write(`${formatFetchStep(step)}\n`)
    last = { step: step.step, at: now() }
    drawn = redraw
  }
  return { report, close: () => void (drawn && stream.write('\n')) }
}

/** `fetching spiga_300wpublic.pt  120 MB of 254 MB  47 %` */
export function formatFetchStep({ step, done, total, unit }: FetchStep): string {
  if (total === null) return done === 0 ? step : `${step}  ${amount(done, unit)}`
  if (total === 0) return step
  const before = unit === 'bytes' ? formatBytes(done) : formatCount(done)
  return `${step}  ${before} of ${amount(total, unit)}  ${formatPercent(done, total)}`
}

function amount(value: number, unit: string): string {
  return unit === 'bytes' ? formatBytes(value) : formatAmount(value, unit.replace(/s$/, ''))
}
