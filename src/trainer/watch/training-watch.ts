import type { UserError } from '../../errors.ts'
import type { TrainerEvent } from '../log/trainer-events.ts'
import type { Config, TrainingMaths } from '../../types.ts'
import type { Check, Finding } from './checks/check.ts'
import { checkCheckpoints } from './checks/checkpoints-check.ts'
import { checkFacts } from './checks/facts-check.ts'
import { checkLoss, type BrokenLoss, type LossCheck } from './checks/loss-check.ts'
import { checkRate } from './checks/rate-check.ts'
import { checkSteps } from './checks/steps-check.ts'

interface WatchInput {
  readonly config: Pick<Config, 'train'>
  readonly training: TrainingMaths
  /** The step of the checkpoint that the training goes on from; 0 for a fresh start. */
  readonly start: number
}

export type Warning = Extract<Finding, { type: 'warning' }>

/** What is noticed in a training's events while it runs. */
export class TrainingWatch {
  /** Why the training must not go on: the first problem that was found. */
  problem: UserError | null = null
  lastStep: number

  readonly #loss: LossCheck = checkLoss()
  readonly #checks: readonly Check[]

  constructor({ config, training, start }: WatchInput) {
    this.lastStep = start
    this.#checks = [
      checkFacts(training),
      checkSteps(training, start),
      checkRate(config, training),
      checkCheckpoints(training, start),
      this.#loss,
    ]
  }

  /** Returns what a person should be told. */
  see(event: TrainerEvent): Warning[] {
    if (event.type === 'train-step') this.lastStep = event.step
    const found = this.#checks.flatMap((check) => check.see(event))
    for (const one of found) if (one.type === 'problem') this.problem ??= one.error
    return found.filter((one) => one.type === 'warning')
  }

  /** How the loss is broken at present; null while it is not. */
  get brokenLoss(): BrokenLoss | null {
    return this.#loss.broken()
  }
}
