/** What is known of a run at some moment, built from its events. Pure. */
import type { Event } from '../events.ts'
import type { GpuUsage, StageName } from '../types.ts'
import { LOSSES_KEPT } from './live-view/loss-words.ts'
import { addSample, type Sample } from './rate.ts'
import { addStep, NO_PACE, type Cadence, type TrainingPace } from './training-pace.ts'

/** What a reporter is told before the first event. */
export interface Outline {
  readonly kitVersion: string
  /** `train` */
  readonly command: string
  /** The config's name. */
  readonly name: string
  /** Where the result goes, as people read it: `dataset/`, `runs/20261122-…/`. */
  readonly target: string | null
  readonly stages: readonly { readonly name: StageName; readonly title: string }[]
  /** When the trainer previews and saves. */
  readonly training: Cadence | null
  /** How busy the GPUs are that train; absent while that is not known. */
  readonly gpus?: readonly GpuUsage[]
}

export type StageStatus = 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'stopped'

export interface StageState {
  readonly name: StageName
  readonly title: string
  readonly status: StageStatus
  /** What it said about itself at its end. */
  readonly line: string | null
  readonly startedMs: number | null
  /** How long it took. */
  readonly seconds: number | null
  readonly progress: Progress | null
  /** The last line that it logged while it ran. */
  readonly detail: string | null
}

export interface Progress {
  readonly done: number
  readonly total: number | null
  readonly unit: string
  readonly note: string | null
  readonly detail: string | null
  /** So many of `done` took no time: they say nothing about the rest. */
  readonly known: number
  /** Of what was worked on: `done` without `known`. */
  readonly samples: readonly Sample[]
}

export interface TrainingState {
  readonly step: number
  readonly total: number
  /** Of the last steps, oldest first. */
  readonly losses: readonly number[]
  /** Of the held-out rows, at the last checkpoints, oldest first. */
  readonly heldOutLosses: readonly number[]
  readonly pace: TrainingPace
  /** Step of the newest checkpoint of this run. */
  readonly checkpoint: number | null
}

export interface RunState {
  readonly outline: Outline
  readonly stages: readonly StageState[]
  readonly training: TrainingState | null
  readonly result: Extract<Event, { type: 'result' }> | null
}

export function startRun(outline: Outline): RunState {
  const stages = outline.stages.map(({ name, title }) => newStage(name, title))
  return { outline, stages, training: null, result: null }
}

/** The state after `event`. Events without a place in the view leave it as it is. */
export function reduceRun(state: RunState, event: Event): RunState {
  const timeMs = Date.parse(event.time)
  switch (event.type) {
    case 'stage-started':
      return changeStage(state, event.stage, { status: 'running', startedMs: timeMs })
    case 'stage-skipped':
      return changeStage(state, event.stage, { status: 'skipped', line: event.reason })
    case 'stage-finished':
      return changeStage(state, event.stage, { status: 'done', line: event.reason, seconds: event.seconds })
    case 'progress':
      return changeStage(state, event.stage, (stage) => ({ progress: moveOn(stage.progress, event, timeMs) }))
    case 'log':
      return event.stage ? changeStage(state, event.stage, { detail: event.message }) : state
    case 'train-step':
      return reduceTraining(state, event, timeMs)
    case 'checkpoint-saved':
      return { ...state, training: { ...(state.training ?? NO_TRAINING), checkpoint: event.step } }
    case 'result':
      return endRun(state, event, timeMs)
    case 'metric':
      return event.name === 'validation_loss' ? addHeldOutLoss(state, event.value) : state
    case 'hello':
    case 'warning':
    case 'sample':
      return state
  }
}

const NO_TRAINING: TrainingState = {
  ...{ step: 0, total: 0, losses: [], heldOutLosses: [], checkpoint: null },
  pace: NO_PACE,
}

function newStage(name: StageName, title: string): StageState {
  return {
    name,
    title,
    status: 'waiting',
    line: null,
    startedMs: null,
    seconds: null,
    progress: null,
    detail: null,
  }
}

type Change = Partial<StageState>

/** A stage that the outline did not name joins at the end. */
function changeStage(
  state: RunState,
  name: StageName,
  change: Change | ((stage: StageState) => Change),
): RunState {
  const known = state.stages.some((stage) => stage.name === name)
  const stages = known ? state.stages : [...state.stages, newStage(name, name.replaceAll('-', ' '))]
  const apply = (stage: StageState): StageState => ({
    ...stage,
    ...(typeof change === 'function' ? change(stage) : change),
  })
  return { ...state, stages: stages.map((stage) => (stage.name === name ? apply(stage) : stage)) }
}

interface Movement {
  readonly done: number
  readonly total: number | null
  readonly unit: string
  readonly note?: string
  readonly detail?: string
  readonly known?: number
}

function moveOn(before: Progress | null, movement: Movement, timeMs: number): Progress {
  const { done, total, unit, note = null, detail = null, known = 0 } = movement
  const isSameWork = before?.unit === unit && before.known === known
  const samples = addSample(isSameWork ? before.samples : [], { timeMs, done: done - known })
  return { done, total, unit, note, detail, known, samples }
}

function reduceTraining(
  state: RunState,
  event: Extract<Event, { type: 'train-step' }>,
  timeMs: number,
): RunState {
  const { step, total, loss } = event
  const training = state.training ?? NO_TRAINING
  const losses = loss === null ? training.losses : [...training.losses, loss].slice(-LOSSES_KEPT)
  const movement = { done: step, total, unit: 'steps' }
  const moved = changeStage(state, 'train-controlnet', (stage) => ({
    progress: moveOn(stage.progress, movement, timeMs),
  }))
  const pace = addStep(training.pace, step, { timeMs, cadence: state.outline.training })
  return { ...moved, training: { ...training, step, total, losses, pace } }
}

function addHeldOutLoss(state: RunState, loss: number): RunState {
  const training = state.training ?? NO_TRAINING
  return { ...state, training: { ...training, heldOutLosses: [...training.heldOutLosses, loss].slice(-2) } }
}

/** What was still running ended the way the run did. */
function endRun(state: RunState, event: Extract<Event, { type: 'result' }>, timeMs: number): RunState {
  const { status } = event
  const stages = state.stages.map((stage): StageState => {
    if (stage.status !== 'running') return stage
    return { ...stage, status, seconds: stage.startedMs === null ? null : (timeMs - stage.startedMs) / 1000 }
  })
  return { ...state, stages, result: event }
}
