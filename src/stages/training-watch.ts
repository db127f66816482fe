import { UserError } from '../errors.ts'
import type { TrainerFact } from '../trainer/trainer-events.ts'
import type { TrainingMaths } from '../types.ts'
import { kitCommand } from '../next-step.ts'

/** A single step without a number may be fp16's loss scaling at work; several in a row do not recover. */
const NAN_STEPS = 3

const STALL_MIN_MS = 600_000
const STALL_STEPS = 20

/** What is noticed while a training runs. Each problem is reported once, by the first that finds it. */
export class TrainingWatch {
  /** Why the training must not go on. */
  problem: UserError | null = null
  lastStep: number
  lastLoss: number | null = null
  /** The step at which the loss stopped to be a number; null while it is one. */
  nanStep: number | null = null

  readonly #training: TrainingMaths
  readonly #stepMs: number[] = []
  #seenAt: number
  #stalled = false

  constructor(training: TrainingMaths, startStep: number, now: number) {
    this.#training = training
    this.lastStep = startStep
    this.#seenAt = now
  }

  step(step: number, loss: number | null, now: number): void {
    if (step > this.lastStep) this.#stepMs.push(now - this.#seenAt)
    if (this.#stepMs.length > 50) this.#stepMs.shift()
    this.lastStep = step
    this.lastLoss = loss
    this.nanStep = loss === null ? (this.nanStep ?? step) : null
    this.seen(now)
    if (this.nanStep !== null && step - this.nanStep + 1 >= NAN_STEPS)
      this.problem ??= nanError(this.nanStep, null)
  }

  /** The trainer's own numbers must be the plan's; otherwise it does something else than was agreed to. */
  fact(name: TrainerFact, found: number): void {
    const { rows, settings, effective_batch, total_steps } = this.#training
    const planned: Readonly<Record<TrainerFact, number>> = {
      rows,
      processes: settings.num_processes,
      accumulation: settings.gradient_accumulation_steps,
      effective_batch,
      total_steps,
    }
    if (found === planned[name]) return
    this.problem ??= new UserError(
      `The trainer does not do what was planned: expected ${planned[name]} for ${FACT_WORDS[name]}, found ${found}.`,
      { code: 'plan-mismatch', hint: `Plan again: ${kitCommand('plan')}` },
    )
  }

  /** Any sign of life. */
  seen(now: number): void {
    this.#seenAt = now
    this.#stalled = false
  }

  /** How long nothing has come, once, when it is far longer than a step takes; null otherwise. */
  stalledMs(now: number): number | null {
    const silentMs = now - this.#seenAt
    const usual = this.#stepMs.toSorted((a, b) => a - b)[this.#stepMs.length >> 1]
    if (usual === undefined || this.#stalled || silentMs < Math.max(STALL_MIN_MS, STALL_STEPS * usual))
      return null
    this.#stalled = true
    return silentMs
  }
}

const FACT_WORDS: Readonly<Record<TrainerFact, string>> = {
  rows: 'the rows of the dataset',
  processes: 'the processes',
  accumulation: 'the gradient accumulation steps',
  effective_batch: 'the effective batch',
  total_steps: 'the total steps',
}

/** `checkpoint`: the newest one from before that step. */
export function nanError(step: number, checkpoint: number | null): UserError {
  const rest = checkpoint === null ? '' : ` Checkpoint ${checkpoint} is whole and finite; later ones are not.`
  return new UserError(`The loss became NaN at step ${step}.${rest}`, {
    reason: 'training',
    code: 'loss-nan',
    hint: 'Usual causes: a learning rate that is too high; fp16 where the card can do bf16.\ncontrolnet-kit train --again --set train.learning_rate=1e-5',
  })
}
