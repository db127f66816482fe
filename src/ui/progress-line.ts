/** How far a running stage is, in the room that its line has left. Pure. */
import { formatClock, formatDuration } from './format.ts'
import { formatAmount, formatBytes, formatCount } from '../words.ts'
import { formatPercent, formatRate } from './format.ts'
import { gpuLine } from './live-view/gpu-line.ts'
import { heldOutWords, lossWords } from './live-view/loss-words.ts'
import { secondsLeft, secondsPerUnit } from './rate.ts'
import type { Progress, RunState, StageState, TrainingState } from './run-state.ts'
import { secondsPerStep, trainingSecondsLeft, type Cadence } from './training-pace.ts'
import { cleanText, displayWidth, fitList, type Line } from './text.ts'

const GAP = '   '

export interface ProgressOptions {
  readonly nowMs: number
  /** Columns behind the title. */
  readonly room: number
}

/** Part of a line; those with the highest `drop` go first when there is no room. */
interface Field {
  readonly text: string
  /** Where the whole text has no room. */
  readonly short?: string
  readonly drop: number
}

const CLOCK = 4
const NOTE = 2

export interface RenderedProgress {
  readonly line: Line
  /** The note, where the line had no room for it. */
  readonly note: string | null
}

export function renderProgress(
  state: RunState,
  stage: StageState,
  options: ProgressOptions,
): RenderedProgress {
  const { progress } = stage
  const elapsed = stage.startedMs === null ? 0 : (options.nowMs - stage.startedMs) / 1000
  if (progress === null)
    return { line: [['dim', formatDuration(Math.max(0, Math.floor(elapsed)))]], note: null }
  const { done, total, note } = progress
  const bar = total === null ? '' : renderBar(total > 0 ? done / total : 1, barCells(options.room))
  const fields = progressFields(state, stage, options.nowMs)
  const room = options.room - displayWidth(bar)
  const shown = chooseFields(fields, room)
  if (note === null || shown.some(({ drop }) => drop === NOTE))
    return { line: [bar, joinFields(shown)], note: null }
  const others = fields.filter(({ drop }) => drop !== NOTE)
  return { line: [bar, joinFields(chooseFields(others, room))], note: cleanText(note) }
}

/** The same as separate phrases, without the clock: for logs, whose lines have the time. */
export function describeProgress(state: RunState, stage: StageState, nowMs: number): string[] {
  const detail = stage.progress?.detail ?? null
  return progressFields(state, stage, nowMs)
    .filter(({ text, drop }) => text !== '' && drop !== CLOCK)
    .map(({ text, drop }) => (drop === NOTE && detail !== null ? `${text} (${cleanText(detail)})` : text))
}

function progressFields(state: RunState, stage: StageState, nowMs: number): Field[] {
  const { progress } = stage
  if (progress === null) return []
  if (isTraining(state, stage) && state.training)
    return trainingFields(state.training, { progress, nowMs, cadence: state.outline.training })
  return workFields(progress, nowMs)
}

function isTraining({ training }: RunState, { name, progress }: StageState): boolean {
  return name === 'train-controlnet' && training !== null && progress?.unit === 'steps'
}

interface TrainingOptions {
  readonly progress: Progress
  readonly nowMs: number
  readonly cadence: Cadence | null
}

function trainingFields(training: TrainingState, { progress, nowMs, cadence }: TrainingOptions): Field[] {
  const { step, total, losses, pace } = training
  const perStep = secondsPerStep(pace) ?? secondsPerUnit(progress.samples)
  const left =
    trainingSecondsLeft(pace, { total, nowMs, cadence }) ?? secondsLeft(progress.samples, total, nowMs)
  return [
    { text: `step ${formatCount(step)}/${formatCount(total)}`, drop: 0 },
    { text: lossWords(losses), drop: 2 },
    { text: perStep === null ? '' : formatRate(perStep, 'steps'), drop: 3 },
    ...timeFields(left, nowMs),
  ]
}

function workFields(progress: Progress, nowMs: number): Field[] {
  const { done, total, unit, note, known, samples } = progress
  const perUnit = secondsPerUnit(samples)
  const amount = unit === 'bytes' ? formatBytes(done) : formatAmount(done, unit.replace(/s$/, ''), unit)
  const ofTotal =
    unit === 'bytes'
      ? `${formatBytes(done)} of ${formatBytes(total ?? 0)}`
      : `${formatCount(done)}/${formatCount(total ?? 0)} ${unit}`
  return [
    { text: total === null ? '' : formatPercent(done, total), drop: 0 },
    { text: note === null ? (total === null ? amount : ofTotal) : cleanText(note), drop: NOTE },
    { ...rateField(perUnit, unit), drop: 3 },
    ...(total === null ? [] : timeFields(secondsLeft(samples, total - known, nowMs), nowMs)),
  ]
}

/** `43 pictures/s`, or `43/s`. */
function rateField(perUnit: number | null, unit: string): Pick<Field, 'text' | 'short'> {
  if (perUnit === null) return { text: '' }
  const text = formatRate(perUnit, unit)
  return unit === 'bytes' ? { text } : { text, short: text.replace(` ${unit}/s`, '/s') }
}

const CLOCK_FROM_SECONDS = 120

/** How long still, and until when where that is worth a word. */
function timeFields(left: number | null, nowMs: number): Field[] {
  if (left === null) return []
  const words = `${formatDuration(left < 10 ? Math.ceil(left) : left)} left`
  if (left < CLOCK_FROM_SECONDS) return [{ text: words, drop: 1 }]
  return [
    { text: words, drop: 1 },
    { text: `(${formatClock(nowMs + left * 1000, nowMs)})`, drop: CLOCK },
  ]
}

/** All of them, else with short ones, else without the least important one, and so on. */
function chooseFields(fields: readonly Field[], room: number): readonly Field[] {
  const shown = fields.filter(({ text }) => text !== '')
  const worst = Math.max(...shown.map(({ drop }) => drop))
  if (worst <= 0 || displayWidth(joinFields(shown)) <= room) return shown
  const shorter = shown.map((field) => ({ ...field, text: field.short ?? field.text }))
  if (displayWidth(joinFields(shorter)) <= room) return shorter
  return chooseFields(
    shown.filter(({ drop }) => drop < worst),
    room,
  )
}

function joinFields(fields: readonly Field[]): string {
  return fields
    .map(({ text }) => text)
    .join(GAP)
    .replace(`left${GAP}(`, 'left (')
}

/** Of the room alone, so that the bar does not jump about with the words behind it. */
function barCells(room: number): number {
  if (room >= 66) return 12
  return room >= 40 ? 8 : 0
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** `▕██████▍            ▏ ` */
function renderBar(share: number, cells: number): string {
  if (cells === 0) return ''
  const eighths = Math.floor(Math.max(0, Math.min(1, share)) * cells * 8)
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
  return `▕${filled.padEnd(cells)}▏ `
}

/** The dim line below: what comes next, more of the progress, or the last line that the stage logged. */
export function renderDetail(state: RunState, stage: StageState, room: number): string {
  if (isTraining(state, stage) && state.training) return trainingDetail(state.training, state.outline, room)
  if (stage.progress?.detail) return fitList(cleanText(stage.progress.detail), room)
  return stage.detail === null ? '' : cleanText(stage.detail)
}

/** `GPU 97 %  13.6 GB  71 °C   held-out loss 0.102 ↘   step 48 saved   next: previews and checkpoint at 72` */
function trainingDetail(
  { step, total, checkpoint, heldOutLosses }: TrainingState,
  { training: cadence, gpus }: RunState['outline'],
  room: number,
): string {
  const fields: Field[] = [
    { text: gpuLine(gpus ?? []), drop: 1 },
    { text: heldOutWords(heldOutLosses), drop: 2 },
    { text: checkpoint === null ? '' : `step ${formatCount(checkpoint)} saved`, drop: 3 },
    { text: cadence === null || step >= total ? '' : nextPause(step, total, cadence), drop: 0 },
  ]
  return fields.every(({ text }) => text === '') ? '' : joinFields(chooseFields(fields, room))
}

/** `next: previews at 72, checkpoint at 144` */
function nextPause(step: number, total: number, cadence: Cadence): string {
  const next = (every: number): number => Math.min(total, (Math.floor(step / every) + 1) * every)
  const save = next(cadence.checkpoints.every)
  if (cadence.previews.every === 0) return `next: checkpoint at ${formatCount(save)}`
  const preview = next(cadence.previews.every)
  if (preview === save) return `next: previews and checkpoint at ${formatCount(save)}`
  return `next: previews at ${formatCount(preview)}, checkpoint at ${formatCount(save)}`
}
