/** Plain lines for logs: one for each change of a stage, progress at most every tenth or minute. */
import type { Event } from '../events.ts'
import type { StageName } from '../types.ts'
import { formatDuration, formatPercent, formatTime } from './format.ts'
import { describeProgress } from './progress-line.ts'
import type { RunState, StageState } from './run-state.ts'
import { cleanLines, cleanText } from './text.ts'
import { createWriter, type OutputStream, type View } from './view.ts'

const LONGEST_SILENCE_MS = 60_000
const SHORTEST_GAP_MS = 2_000
const TENTH = 0.1

/** When and where the progress of a stage was last printed. */
interface Printed {
  readonly timeMs: number
  readonly share: number
}

export function createLineView(stderr: OutputStream): View {
  const write = createWriter(stderr)
  const printed = new Map<StageName, Printed>()
  return {
    begin() {},
    show(event, state) {
      const timeMs = Date.parse(event.time)
      for (const line of linesOf(event, state, printed)) write(`${formatTime(timeMs)} ${line}\n`)
    },
    close() {},
  }
}

function linesOf(event: Event, state: RunState, printed: Map<StageName, Printed>): string[] {
  switch (event.type) {
    case 'hello':
      return [`controlnet-kit ${event.kit_version} ${event.command} ${cleanText(event.name)}`]
    case 'stage-started':
      return [`${event.stage}  started`]
    case 'stage-skipped':
      return [`${event.stage}  ${cleanText(event.reason)}`]
    case 'stage-finished':
      return [`${event.stage}  ${cleanText(event.reason)} (${formatDuration(event.seconds)})`]
    case 'log':
      return cleanLines(event.message).map((line) =>
        event.stage === null ? line : `${event.stage}  ${line}`,
      )
    case 'warning':
      return cleanLines(event.message).map((line, index) => (index === 0 ? `warning: ${line}` : `  ${line}`))
    case 'checkpoint-saved':
      return [`train-controlnet  checkpoint-${event.step} saved`]
    case 'sample':
      return [`train-controlnet  preview at step ${event.step}: ${cleanText(event.path)}`]
    case 'progress':
      return progressLines(event, event.stage, state, printed)
    case 'train-step':
      return progressLines(event, 'train-controlnet', state, printed)
    case 'result':
      return event.status === 'done' ? [] : [endWords(event.status, event.exitReason)]
    case 'metric':
      return []
  }
}

function endWords(status: string, exitReason: string): string {
  return status === exitReason ? status : `${status} (${exitReason})`
}

function progressLines(
  event: Event,
  name: StageName,
  state: RunState,
  printed: Map<StageName, Printed>,
): string[] {
  const stage = state.stages.find((candidate) => candidate.name === name)
  if (!stage?.progress) return []
  const timeMs = Date.parse(event.time)
  const { done, total } = stage.progress
  const now = { timeMs, share: total === null ? 0 : done / total }
  if (!isDue(now, printed.get(name) ?? { timeMs: stage.startedMs ?? timeMs, share: 0 })) return []
  printed.set(name, now)
  return [`${name}  ${formatProgress(state, stage, timeMs)}`]
}

/** The last step is not worth a line: the end of the stage follows. */
function isDue(now: Printed, before: Printed): boolean {
  const gap = now.timeMs - before.timeMs
  if (now.share >= 1) return false
  const tenths = Math.floor(now.share / TENTH + 1e-9) - Math.floor(before.share / TENTH + 1e-9)
  return gap >= LONGEST_SILENCE_MS || (gap >= SHORTEST_GAP_MS && tenths !== 0)
}

function formatProgress(state: RunState, stage: StageState, nowMs: number): string {
  const { done = 0, total = null } = stage.progress ?? {}
  const [first = '', ...rest] = describeProgress(state, stage, nowMs)
  if (total === null || first.includes('%')) return [first, ...rest].join('  ')
  return [`${first} (${formatPercent(done, total)})`, ...rest].join('  ')
}
