/** The live view's lines: state and time → text. Pure; `live-view.ts` puts them on the screen. */
import { formatCount } from '../../words.ts'
import { formatDuration } from '../format.ts'
import { renderDetail, renderProgress } from '../progress-line.ts'
import type { RunState, StageState, StageStatus } from '../run-state.ts'
import type { Line, Span } from '../text.ts'
import { cleanText, displayWidth, justify, lineWidth, padText, wrapText } from '../text.ts'

export interface FrameOptions {
  /** Width of the terminal. */
  readonly columns: number
  readonly nowMs: number
}

const WIDEST = 100
/** With less room than this behind the title, what stands below begins farther left. */
const NARROW = 30

/** Wide enough to read, never the last column: writing there makes some terminals wrap. */
export function frameWidth(columns: number): number {
  return Math.max(20, Math.min(columns - 1, WIDEST))
}

/** `face-landmarks → dataset/`, and what Ctrl-C does. */
export function renderHeader({ outline }: RunState, columns: number): Line[] {
  const { name, target } = outline
  const left: Line = [['bold', cleanText(name)], ...(target === null ? [] : [` → ${cleanText(target)}`])]
  const right: Line = [['dim', 'Ctrl-C stops, resumable']]
  const room = frameWidth(columns) - lineWidth(left) - 3
  return [room >= lineWidth(right) ? justify(left, right, frameWidth(columns)) : left, []]
}

/** One stage: one line, and more below while there is more to say. */
export function renderStage(state: RunState, stage: StageState, options: FrameOptions): Line[] {
  const width = frameWidth(options.columns)
  const title = padText(stage.title, titleWidth(state))
  const head: Span[] = [
    ...mark(stage.status, options.nowMs),
    stage.status === 'waiting' ? ['dim', title] : title,
  ]
  if (stage.status === 'running') {
    const room = width - lineWidth(head)
    const { line, note } = renderProgress(state, stage, { room, ...options })
    const indent = room < NARROW ? 4 : lineWidth(head)
    const below = [note ?? '', renderDetail(state, stage, width - indent)].filter((text) => text !== '')
    return [[...head, ...line], ...below.map((text): Line => [' '.repeat(indent), ['dim', text]])]
  }
  return finishedLines(stage, head, width)
}

function titleWidth({ stages }: RunState): number {
  return Math.max(12, ...stages.map(({ title }) => displayWidth(title))) + 3
}

const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const SPINNER_STEP_MS = 125

function mark(status: StageStatus, nowMs: number): Span[] {
  if (status === 'running') return [`${SPINNER[Math.floor(nowMs / SPINNER_STEP_MS) % SPINNER.length]} `]
  if (status === 'done') return [['good', '✔'], ' ']
  if (status === 'skipped') return [['dim', '✔'], ' ']
  if (status === 'failed') return [['bad', '✖'], ' ']
  if (status === 'stopped') return [['warn', '■'], ' ']
  return ['  ']
}

/** Stays in the scrollback, so nothing of it is cut: what does not fit goes on below. The time ends the last line. */
function finishedLines(stage: StageState, head: readonly Span[], width: number): Line[] {
  const indent = lineWidth(head)
  const look = (text: string): Span => (stage.status === 'skipped' ? ['dim', text] : text)
  const took = stage.seconds === null ? '' : formatDuration(stage.seconds)
  const text = cleanText(stage.line ?? endWords(stage))
  const [first = '', ...rest] = wrapBefore(text, took, width - indent)
  const lines: Line[] = [[...head, look(first)], ...rest.map((line) => [' '.repeat(indent), look(line)])]
  if (took === '') return lines
  return [...lines.slice(0, -1), justify(lines.at(-1) ?? head, [['dim', took]], width)]
}

/** Wrapped so that `end` finds its place on the last line. */
function wrapBefore(text: string, end: string, room: number): string[] {
  const lines = wrapText(text, room)
  const fits = displayWidth(`${lines.at(-1)}   ${end}`) <= room
  return end === '' || fits ? lines : wrapText(text, room - displayWidth(end) - 3)
}

function endWords({ status, progress }: StageState): string {
  if (status !== 'failed' && status !== 'stopped') return ''
  if (progress === null) return status
  const total = progress.total === null ? '' : ` of ${formatCount(progress.total)}`
  return `${status} at ${formatCount(progress.done)}${total} ${progress.unit}`
}
