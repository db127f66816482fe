/** Shows a run: live on a terminal, as plain lines, as NDJSON, or not at all. */
import type { Event, EventBody } from '../events.ts'
import type { Plan, StageName } from '../types.ts'
import { createJsonView } from './json-reporter.ts'
import { createLineView } from './line-reporter.ts'
import { reduceRun, startRun, type Outline, type RunState } from './run-state.ts'
import type { Cadence } from './training-pace.ts'
import type { OutputStream, View } from './view.ts'

export type ReporterMode = 'terminal' | 'lines' | 'json' | 'quiet'

export interface ReporterOptions {
  readonly mode: ReporterMode
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly color: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Completes the commands that messages name. */
  readonly complete: (text: string) => string
}

/** `begin` and `report` give back the event with its time and number, for whoever keeps them. */
export interface Reporter {
  /** Whether a person watches: a view that is drawn again and again. */
  readonly isLive: boolean
  /** Comes first and says hello. */
  begin(outline: Outline): Event
  report(body: EventBody): Event
  /** What became known later: the resolved cadence of checkpoints and previews. */
  update(change: Partial<Outline>): void
  /** Comes last and gives the terminal back: nothing else may be printed to it before that. Safe to call twice. */
  close(): Promise<void>
}

const NOTHING: Outline = { kitVersion: '', command: '', name: '', target: null, stages: [], training: null }

export async function createReporter(options: ReporterOptions): Promise<Reporter> {
  const view = await createView(options)
  let state: RunState = startRun(NOTHING)
  let seq = 0
  let closed = false

  const report = (body: EventBody): Event => {
    const said = 'message' in body ? { ...body, message: options.complete(body.message) } : body
    const event: Event = { v: 1, time: new Date(options.now()).toISOString(), seq, ...said }
    seq += 1
    state = reduceRun(state, event)
    if (!closed) view.show(event, state)
    return event
  }

  return {
    isLive: options.mode === 'terminal',
    begin(outline) {
      state = startRun(outline)
      view.begin(state)
      const { kitVersion, command, name } = outline
      return report({ type: 'hello', kit_version: kitVersion, command, name })
    },
    report,
    update(change) {
      state = { ...state, outline: { ...state.outline, ...change } }
    },
    async close() {
      if (closed) return
      closed = true
      await view.close(state)
    },
  }
}

async function createView({ mode, stdout, stderr, color, now }: ReporterOptions): Promise<View> {
  switch (mode) {
    case 'terminal': {
      const { createLiveView } = await import('./live-view/live-view.ts')
      return createLiveView({ stream: stderr, color, now })
    }
    case 'lines':
      return createLineView(stderr)
    case 'json':
      return createJsonView(stdout)
    case 'quiet':
      return { begin() {}, show() {}, close() {} }
  }
}

export interface OutlineOptions {
  readonly command: string
  /** Where the result goes, as people read it. */
  readonly target: string | null
  /** Only these stages, where a command carries out a part of the plan. */
  readonly stages?: readonly StageName[]
}

/** What the reporter needs of a plan. */
export function outlinePlan(plan: Plan, { command, target, stages }: OutlineOptions): Outline {
  const shown = plan.stages.filter(({ name }) => stages === undefined || stages.includes(name))
  return {
    kitVersion: plan.kit_version,
    command,
    name: plan.name,
    target,
    stages: shown.map(({ name, title }) => ({ name, title })),
    training: shown.some(({ name }) => name === 'train-controlnet') ? outlineTraining(plan) : null,
  }
}

/** When the trainer saves and previews. */
export function outlineTraining({ training: { checkpoints, previews } }: Pick<Plan, 'training'>): Cadence {
  return { checkpoints, previews: previews.count === 0 ? { every: 0 } : previews }
}

/** NDJSON and silence when asked for; the live view where the terminal can show it. */
export function chooseMode(options: { json: boolean; quiet: boolean; canRedraw: boolean }): ReporterMode {
  if (options.json) return 'json'
  if (options.quiet) return 'quiet'
  return options.canRedraw ? 'terminal' : 'lines'
}
