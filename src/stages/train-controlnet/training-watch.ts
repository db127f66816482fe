import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'
import type { TrainerFact } from '../../trainer/log/trainer-events.ts'
import type { TrainingMaths } from '../../types.ts'

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

  /** The trainer's own facts must be the plan's; otherwise it does something else than was agreed to. */
  fact(name: TrainerFact, found: number | string): void {
    const { rows, settings, effective_batch, total_steps } = this.#training
    const planned: Readonly<Record<TrainerFact, number | string>> = {
      device: settings.device,
      precision: settings.mixed_precision,
      rows,
      processes: settings.num_processes,
      accumulation: settings.gradient_accumulation_steps,
      effective_batch,
      total_steps,
    }
    if (found !== planned[name]) this.problem ??= mismatchError(name, planned[name], found)
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
  device: 'the device',
  precision: 'the precision',
  rows: 'the rows of the dataset',
  processes: 'the processes',
  accumulation: 'the gradient accumulation steps',
  effective_batch: 'the effective batch',
  total_steps: 'the total steps',
}

const VALUE_WORDS: Readonly<Record<string, string>> = { cpu: 'the CPU', cuda: 'the GPU', no: 'fp32' }

function mismatchError(name: TrainerFact, planned: number | string, found: number | string): UserError {
  const say = (value: number | string): string => VALUE_WORDS[value] ?? String(value)
  const lost = name === 'device' && planned === 'cuda'
  return new UserError(
    `The trainer does not do what was planned: expected ${say(planned)} for ${FACT_WORDS[name]}, found ${say(found)}.`,
    {
      code: 'plan-mismatch',
      hint: lost
        ? `torch finds no GPU that it can use. See whether nvidia-smi lists it, then: ${kitCommand('plan')}`
        : `Plan again: ${kitCommand('plan')}`,
    },
  )
}

/** `checkpoint`: the newest one from before that step. */
export function nanError(step: number, checkpoint: number | null, hint?: string): UserError {
  const rest = checkpoint === null ? '' : ` Checkpoint ${checkpoint} is whole and finite; later ones are not.`
  return new UserError(`The loss became NaN at step ${step}.${rest}`, {
    reason: 'training',
    code: 'loss-nan',
    ...(hint === undefined ? {} : { hint }),
  })
}

interface NanHint {
  /** That the run used. */
  readonly learningRate: number
  readonly precision: TrainingMaths['settings']['mixed_precision']
  readonly canBf16: boolean
}

/** The default; nothing above it is advised. */
const USUAL_RATE = 1e-5

/** Advises other values than those that the run used. */
export function nanHint({ learningRate, precision, canBf16 }: NanHint): string {
  const rate = Number(Math.min(learningRate / 10, USUAL_RATE).toPrecision(3)).toExponential()
  const toBf16 = precision === 'fp16' && canBf16
  const causes = `a learning rate that is too high${toBf16 ? '; fp16, where this card can do bf16' : ''}`
  const set = { 'train.learning_rate': rate, ...(toBf16 && { 'train.mixed_precision': 'bf16' }) }
  return `Usual causes: ${causes}.\n${kitCommand('train', { flags: { again: true }, set })}`
}
