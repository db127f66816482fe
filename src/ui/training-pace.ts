/** How long a training still takes: its steps, and what checkpoints and previews cost beside them. Pure. */
import { median } from '../median.ts'

/** When the trainer saves and previews, in steps; 0: never. */
export interface Cadence {
  readonly checkpoints: { readonly every: number }
  readonly previews: { readonly every: number }
}

/** What happens beside a step. */
type Pause = 'checkpoint' | 'previews' | 'both'

export interface TrainingPace {
  /** When the last step was told; null before the first. */
  readonly last: { readonly step: number; readonly timeMs: number } | null
  /** Stretches of steps alone, newest last. */
  readonly stretches: readonly Stretch[]
  /** Steps alone that are too short for a stretch by now. */
  readonly open: Stretch
  /** What the last pauses took beside their steps. */
  readonly pauses: readonly { readonly step: number; readonly pause: Pause; readonly seconds: number }[]
}

interface Stretch {
  readonly steps: number
  readonly seconds: number
}

const NOTHING: Stretch = { steps: 0, seconds: 0 }

export const NO_PACE: TrainingPace = { last: null, stretches: [], open: NOTHING, pauses: [] }

/** Steps that come quickly are told in bursts: only a stretch of this length says something. */
const SHORTEST_SECONDS = 0.25
const STRETCHES_KEPT = 21
const PAUSES_KEPT = 12

/** The pace after a step. A step that is not above the last one starts anew. */
export function addStep(
  pace: TrainingPace,
  step: number,
  { timeMs, cadence }: { readonly timeMs: number; readonly cadence: Cadence | null },
): TrainingPace {
  const last = { step, timeMs }
  if (pace.last === null || step <= pace.last.step) return { ...NO_PACE, last }
  const steps = step - pace.last.step
  const seconds = Math.max(0, timeMs - pace.last.timeMs) / 1000
  const at = pauseBetween(pace.last.step, step, cadence)
  if (at === null) return { ...addStretch(pace, { steps, seconds }), last }
  const beside = Math.max(0, seconds - steps * (secondsPerStep(pace) ?? seconds / steps))
  return { ...pace, last, pauses: addPause(pace.pauses, { ...at, seconds: beside }) }
}

function addStretch(pace: TrainingPace, { steps, seconds }: Stretch): TrainingPace {
  const open = { steps: pace.open.steps + steps, seconds: pace.open.seconds + seconds }
  if (open.seconds < SHORTEST_SECONDS) return { ...pace, open }
  return { ...pace, open: NOTHING, stretches: [...pace.stretches, open].slice(-STRETCHES_KEPT) }
}

type PauseAt = TrainingPace['pauses'][number]

/** The trainer tells a step before it saves or after: one pause lies in the interval before its step or in that behind it. */
function addPause(pauses: TrainingPace['pauses'], one: PauseAt): TrainingPace['pauses'] {
  const before = pauses.at(-1)
  if (before?.step !== one.step) return [...pauses, one].slice(-PAUSES_KEPT)
  return [...pauses.slice(0, -1), { ...one, seconds: before.seconds + one.seconds }]
}

/** The newest pause from step `first` to step `last`, both included. */
function pauseBetween(first: number, last: number, cadence: Cadence | null): Omit<PauseAt, 'seconds'> | null {
  if (cadence === null) return null
  const newest = (every: number): number => (every > 0 ? Math.floor(last / every) * every : 0)
  const step = Math.max(newest(cadence.checkpoints.every), newest(cadence.previews.every))
  return step >= Math.max(1, first) ? { step, pause: pauseAt(step, cadence) } : null
}

function pauseAt(step: number, { checkpoints, previews }: Cadence): Pause {
  const saves = checkpoints.every > 0 && step % checkpoints.every === 0
  const draws = previews.every > 0 && step % previews.every === 0
  if (saves && draws) return 'both'
  return saves ? 'checkpoint' : 'previews'
}

/** Median over the kept stretches; null before the first. */
export function secondsPerStep({ stretches }: TrainingPace): number | null {
  return median(stretches.map(({ steps, seconds }) => seconds / steps))
}

interface LeftOptions {
  readonly total: number
  readonly nowMs: number
  readonly cadence: Cadence | null
}

/** Counts down between two steps, but never by more than one step. Null while the pace is not known. */
export function trainingSecondsLeft(
  pace: TrainingPace,
  { total, nowMs, cadence }: LeftOptions,
): number | null {
  const perStep = secondsPerStep(pace)
  if (perStep === null || pace.last === null) return null
  const { step, timeMs } = pace.last
  const sinceLast = Math.max(0, nowMs - timeMs) / 1000
  const steps = Math.max(0, (total - step) * perStep - Math.min(sinceLast, perStep))
  return steps + pausesLeft(pace, { step, total, cadence })
}

/** Of the pauses that are ahead; a kind that has not happened yet costs nothing. */
function pausesLeft(
  { pauses }: TrainingPace,
  {
    step,
    total,
    cadence,
  }: { readonly step: number; readonly total: number; readonly cadence: Cadence | null },
): number {
  if (cadence === null) return 0
  const costs = (pause: Pause): number | null =>
    median(pauses.filter((one) => one.pause === pause).map(({ seconds }) => seconds))
  const checkpoint = costs('checkpoint')
  const previews = costs('previews')
  const both = costs('both') ?? (checkpoint ?? 0) + (previews ?? 0)
  const count = (every: number): number =>
    every > 0 ? Math.max(0, Math.floor(total / every) - Math.floor(step / every)) : 0
  const { every: saves } = cadence.checkpoints
  const { every: draws } = cadence.previews
  const together = saves > 0 && draws > 0 ? count(leastCommonMultiple(saves, draws)) : 0
  return (
    together * both +
    (count(saves) - together) * (checkpoint ?? 0) +
    (count(draws) - together) * (previews ?? 0)
  )
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y))
  return (a / divisor(a, b)) * b
}
