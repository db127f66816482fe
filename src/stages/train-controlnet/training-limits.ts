/** Decides when a training stops by itself, right after a checkpoint: its time is over, or the next one would not fit the disk. Pure. */
import { UserError } from '../../errors.ts'
import type { TrainingMaths } from '../../types.ts'
import { formatBytes, formatCount } from '../../words.ts'

interface LimitOptions {
  readonly training: Pick<TrainingMaths, 'total_steps' | 'checkpoints'>
  readonly startStep: number
  /** When everything must be over, in milliseconds since 1970; Infinity: there is no limit. */
  readonly deadlineMs: number
  /** Free bytes where the checkpoints go. */
  readonly freeBytes: () => number
  /** How many bytes of older ones the trainer removes before it writes the next. */
  readonly removedBytes: (checkpointBytes: number) => number
}

/** Steps before it is believed how long they take. */
const STEPS_TO_KNOW = 20
/** What is left for ending the trainer. */
const END_MS = 15_000
/** The next checkpoint may take that much longer than the last. */
const SLACK = 1.1

export class TrainingLimits {
  /** Why the training is to stop now, for people; it can go on later. */
  stop: string | null = null
  /** Why it must not go on: it would be stopped before it has saved anything. */
  problem: UserError | null = null

  readonly #options: LimitOptions
  #firstStepMs: number | null = null
  #savedMs: number | null = null
  #savedStep: number
  #checkpointBytes: number | null = null

  constructor(options: LimitOptions) {
    this.#options = options
    this.#savedStep = options.startStep
  }

  step(step: number, nowMs: number): void {
    const { startStep } = this.#options
    this.#firstStepMs ??= nowMs
    if (step >= this.#nextSave() - STEPS_AHEAD) this.#checkRoom()
    if (this.#savedMs !== null || step - startStep < STEPS_TO_KNOW) return
    const stepMs = (nowMs - this.#firstStepMs) / (step - startStep - 1)
    this.#checkFirst(step, nowMs + (this.#nextSave() - step) * stepMs, nowMs)
  }

  /** A whole checkpoint, with its size; null where that is not known. */
  saved(step: number, bytes: number | null, nowMs: number): void {
    this.#checkpointBytes = bytes ?? this.#checkpointBytes
    const since = this.#savedMs ?? this.#firstStepMs ?? nowMs
    const stepMs = (nowMs - since) / Math.max(1, step - this.#savedStep)
    this.#savedMs = nowMs
    this.#savedStep = step
    if (step >= this.#options.training.total_steps) return
    const left = this.#nextSave() - step
    const { deadlineMs } = this.#options
    if (nowMs + left * stepMs * SLACK + END_MS > deadlineMs)
      this.stop ??= `The time is nearly over: stopping after checkpoint ${formatCount(step)}, since the next one would come too late.`
    if (left <= STEPS_AHEAD) this.#checkRoom()
  }

  /** The next multiple of the cadence, or the end. */
  #nextSave(): number {
    const { total_steps, checkpoints } = this.#options.training
    const every = Math.max(1, checkpoints.every)
    return Math.min(total_steps, (Math.floor(this.#savedStep / every) + 1) * every)
  }

  #checkFirst(step: number, saveMs: number, nowMs: number): void {
    const { deadlineMs } = this.#options
    if (saveMs + END_MS <= deadlineMs) return
    const minutes = (ms: number): string => `${Math.max(1, Math.ceil(ms / 60_000))} min`
    this.problem ??= new UserError(
      `The time is too short: the next checkpoint, step ${formatCount(this.#nextSave())}, would come in ${minutes(saveMs - nowMs)}, and ${minutes(deadlineMs - nowMs)} are left. Stopped at step ${formatCount(step)}, since nothing would be saved.`,
      {
        reason: 'training',
        code: 'max-time',
        hint: 'Give more time with --max-time, or save more often: train.checkpointing_steps.',
      },
    )
  }

  #checkRoom(): void {
    const bytes = this.#checkpointBytes
    if (bytes === null) return
    const free = this.#options.freeBytes()
    if (free + this.#options.removedBytes(bytes) >= bytes) return
    this.stop ??= `The disk has ${formatBytes(free)} left, and the next checkpoint needs ${formatBytes(bytes)}: stopping before it. Free some space, then go on.`
  }
}

/** The trainer saves right after the step that it tells of: by then it is too late. */
const STEPS_AHEAD = 2
