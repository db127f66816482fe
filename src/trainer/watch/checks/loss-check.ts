import type { Check, Finding } from './check.ts'
import { lossError } from './loss-error.ts'

/** A single step without a number may be fp16's loss scaling at work; several in a row do not recover. */
const NAN_STEPS = 3

/** The loss is a mean square over noise of variance 1, so it begins near 1 and falls. */
const EXPLODED = 100
const EXPLODED_STEPS = 10

/** What became of the loss, and the first step of it. */
export interface BrokenLoss {
  readonly word: 'NaN' | 'exploded'
  readonly step: number
}

export interface LossCheck extends Check {
  /** How the loss is broken at present; null while it is a number of the usual size. */
  broken(): BrokenLoss | null
}

/** The loss must stay a number of the usual size. */
export function checkLoss(): LossCheck {
  let nanSince: number | null = null
  let hugeSince: number | null = null
  let exploded: BrokenLoss | null = null
  const see = (step: number, loss: number | null): Finding[] => {
    const recovered = loss !== null && nanSince !== null ? [recovery(nanSince, step - 1)] : []
    nanSince = loss === null ? (nanSince ?? step) : null
    hugeSince = loss !== null && loss > EXPLODED ? (hugeSince ?? step) : null
    if (nanSince !== null && step - nanSince + 1 === NAN_STEPS)
      return [problem({ word: 'NaN', step: nanSince })]
    if (hugeSince === null || step - hugeSince + 1 !== EXPLODED_STEPS) return recovered
    exploded = { word: 'exploded', step: hugeSince }
    return [problem(exploded)]
  }
  return {
    see: (event) => (event.type === 'train-step' ? see(event.step, event.loss) : []),
    broken() {
      return nanSince === null ? exploded : { word: 'NaN', step: nanSince }
    },
  }
}

const problem = (broken: BrokenLoss): Finding => ({
  type: 'problem',
  error: lossError({ broken, checkpoint: null }),
})

function recovery(from: number, to: number): Finding {
  const steps = from === to ? `step ${from}` : `steps ${from} and ${to}`
  return {
    type: 'warning',
    code: 'loss-nan-recovered',
    message: `The loss was NaN at ${steps} and is a number again. The training goes on.`,
  }
}
