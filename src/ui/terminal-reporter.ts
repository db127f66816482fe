/** The live view on a terminal: finished lines move up into the scrollback, the rest is drawn again and again. */
import { createLogUpdate } from 'log-update'
import type { Event } from '../events.ts'
import { frameWidth, renderHeader, renderStages } from './frame.ts'
import type { RunState, StageState } from './run-state.ts'
import { createPaint } from './style.ts'
import { cleanLines, displayWidth, paintLine, wrapText, type Line } from './text.ts'
import type { OutputStream, View } from './view.ts'

const REDRAW_MS = 100
const DEFAULT_COLUMNS = 80
/** More lines of warnings than this are not kept below the running stage. */
const MOST_NOTICES = 6
const ERASE_LINE_AND_GO_UP = '\u001b[2K\u001b[1A'

export interface TerminalOptions {
  readonly stream: OutputStream
  readonly color: boolean
  readonly now: () => number
}

export function createTerminalView({ stream, color, now }: TerminalOptions): View {
  const log = createLogUpdate(stream)
  const paint = createPaint(color)
  const columns = (): number => stream.columns ?? DEFAULT_COLUMNS
  let state: RunState | null = null
  /** Warnings of the running stage: they stand below it, and follow it into the scrollback. */
  const notices: Line[] = []
  /** How many stages have moved into the scrollback. */
  let settled = 0
  /** The lines that can still be drawn over. */
  let drawn: string[] = []
  let timer: NodeJS.Timeout | undefined

  const render = (...range: [number, number]): Line[] =>
    state === null ? [] : renderStages(state, range, { columns: columns(), nowMs: now() })

  const persist = (lines: readonly Line[]): void => {
    for (const line of lines) log.persist(paintLine(line, paint))
    if (lines.length > 0) drawn = []
  }

  const settle = (): void => {
    const stages = state?.stages ?? []
    const end = settled + countEnded(stages.slice(settled))
    const below = end > settled || notices.length > MOST_NOTICES || stages[settled]?.status !== 'running'
    persist([...render(settled, end), ...(below ? notices.splice(0) : [])])
    settled = end
  }

  const draw = (): void => {
    settle()
    const live = [...render(settled, settled + 1), ...notices, ...render(settled + 1, Infinity)]
    drawn = live.map((line) => paintLine(line, paint, frameWidth(columns())))
    if (drawn.length > 0) log(drawn.join('\n'))
  }

  /** At once: the person is waiting for it. */
  const say = (lines: readonly Line[]): void => {
    settle()
    persist(lines)
    draw()
  }

  /** A narrower terminal has broken the drawn lines: erase as many as there are now, then draw anew. */
  const redraw = (): void => {
    const broken = drawn.map((line) => Math.max(1, Math.ceil(visibleWidth(line) / columns())) - 1)
    const extra = broken.reduce((sum, count) => sum + count, 0)
    stream.write(ERASE_LINE_AND_GO_UP.repeat(extra))
    log.clear()
    draw()
  }

  const ignoreBrokenPipe = (): void => undefined

  return {
    begin(first) {
      state = first
      stream.on('error', ignoreBrokenPipe)
      stream.on('resize', redraw)
      persist(renderHeader(first, columns()))
      timer = setInterval(draw, REDRAW_MS).unref()
    },
    show(event, next) {
      state = next
      const lines = noticeLines(event, columns())
      if (event.type === 'warning') notices.push(...lines)
      else if (lines.length > 0) say(lines)
      const stageEnded = event.type === 'stage-finished' || event.type === 'stage-skipped'
      if (stageEnded && notices.length > 0) draw()
    },
    close(last) {
      state = last
      clearInterval(timer)
      log.clear()
      settle()
      stream.off('resize', redraw)
      log.done()
    },
  }
}

function countEnded(stages: readonly StageState[]): number {
  const open = stages.findIndex(({ status }) => status === 'waiting' || status === 'running')
  return open === -1 ? stages.length : open
}

/** What stays on the screen between the stages: warnings, and words about the whole run. */
function noticeLines(event: Event, columns: number): Line[] {
  const isWarning = event.type === 'warning'
  if (!isWarning && !(event.type === 'log' && event.stage === null)) return []
  const room = frameWidth(columns) - 2
  const lines = cleanLines(event.message).flatMap((line) => wrapText(line, room))
  if (!isWarning) return lines.map((line) => [line])
  return lines.map((line, index) => [index === 0 ? (['warn', '! '] as const) : '  ', line])
}

// eslint-disable-next-line no-control-regex
const LOOKS = /\u001b\[\d+m/g

function visibleWidth(painted: string): number {
  return displayWidth(painted.replace(LOOKS, ''))
}
