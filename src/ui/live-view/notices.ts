/** What stays on the screen below a stage: warnings, and words about the whole run. Pure. */
import type { Event } from '../../events.ts'
import { formatCount } from '../../words.ts'
import { cleanLines, wrapText, type Line } from '../text.ts'
import { frameWidth } from './stage-lines.ts'

/** Of one stage: more would push the list off the screen. */
const MOST_LINES = 40

const INDENT = '  '

/** Returns no lines for an event that leaves nothing on the screen. */
export function noticeLines(event: Event, columns: number): Line[] {
  const isWarning = event.type === 'warning'
  if (!isWarning && !(event.type === 'log' && event.stage === null)) return []
  const lines = cleanLines(event.message).flatMap((line) => wrapText(line, frameWidth(columns) - 4))
  return lines.map((line, index) => {
    if (!isWarning) return [INDENT, line]
    return [INDENT, index === 0 ? (['warn', '! '] as const) : '  ', line]
  })
}

/** Keeps the newest lines; the first one then tells how many went. */
export function addNotice(before: readonly Line[], lines: readonly Line[]): readonly Line[] {
  const gone = goneLines(before)
  const all = [...(gone > 0 ? before.slice(1) : before), ...lines]
  if (gone === 0 && all.length <= MOST_LINES) return all
  const kept = all.slice(-(MOST_LINES - 1))
  return [[INDENT, `(${formatCount(gone + all.length - kept.length)} earlier lines)`], ...kept]
}

function goneLines(lines: readonly Line[]): number {
  const first = lines[0]?.[1]
  const count = typeof first === 'string' ? /^\(([\d,]+) earlier lines\)$/.exec(first)?.[1] : undefined
  return count === undefined ? 0 : Number(count.replaceAll(',', ''))
}
