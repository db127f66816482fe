import type { Config, TrainingMaths } from '../../../types.ts'
import type { Check } from './check.ts'
import { learningRateAt } from './learning-rate.ts'
import { planMismatch } from './plan-mismatch.ts'

/** One step may be read at an odd moment; several are another rate. */
const WRONG_STEPS = 3

/** The learning rate must be the config's: a checkpoint brings its own, whatever the command line says. */
export function checkRate(
  { train }: Pick<Config, 'train'>,
  { total_steps }: Pick<TrainingMaths, 'total_steps'>,
): Check {
  let wrong = 0
  return {
    see(event) {
      if (event.type !== 'train-step') return []
      wrong = isPlanned(train, event, total_steps) ? 0 : wrong + 1
      if (wrong !== WRONG_STEPS) return []
      const expected = showRate(learningRateAt(train, event.step, total_steps))
      const what = `the learning rate at step ${event.step}`
      return [planMismatch({ what, expected, found: showRate(event.lr) })]
    },
  }
}

/** Steps that fp16's loss scaling skips do not move the schedule on, so it may lag. */
const LAG = 20

function isPlanned(
  train: Config['train'],
  { step, lr }: { step: number; lr: number },
  total: number,
): boolean {
  const slack = 0.002 * train.learning_rate
  const lag = Math.max(LAG, Math.ceil(step / 50))
  for (let at = step + 1; at >= Math.max(0, step - lag); at--) {
    const expected = learningRateAt(train, at, total)
    if (Math.abs(expected - lr) <= Math.max(slack, 0.01 * expected)) return true
  }
  return false
}

const showRate = (rate: number): string => {
  const short = Number(rate.toPrecision(3))
  return short === 0 || short >= 0.001 ? String(short) : short.toExponential()
}
