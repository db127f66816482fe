import type { TrainingMaths } from '../../../types.ts'
import type { Check, Finding } from './check.ts'
import { planMismatch } from './plan-mismatch.ts'

/** The trainer must go on at the checkpoint that it was given, and take every step once, to the last. */
export function checkSteps({ total_steps }: Pick<TrainingMaths, 'total_steps'>, start: number): Check {
  let last: number | null = null
  let isPastTheEnd = false
  const first = (step: number): Finding[] =>
    step === start + 1 ? [] : [wrongStart(start, `step ${step - 1}`)]
  const next = (step: number, before: number): Finding[] => (step > before + 1 ? [skipped(before, step)] : [])
  const end = (step: number): Finding[] => {
    if (step <= total_steps || isPastTheEnd) return []
    isPastTheEnd = true
    return [pastTheEnd(step, total_steps)]
  }
  return {
    see(event) {
      if (event.type === 'resumed')
        return event.step === start ? [] : [wrongStart(start, `step ${event.step}`)]
      if (event.type !== 'train-step') return []
      const { step } = event
      const found = [...(last === null ? first(step) : next(step, last)), ...end(step)]
      last = step
      return found
    },
  }
}

function wrongStart(start: number, found: string): Finding {
  const expected = start === 0 ? 'step 0, as nothing was trained yet,' : `step ${start}, of the checkpoint,`
  return planMismatch({ what: 'the step to go on from', expected, found })
}

function skipped(before: number, step: number): Finding {
  const many = step - before > 2 ? `steps ${before + 1} to ${step - 1}` : `step ${before + 1}`
  return {
    type: 'warning',
    code: 'steps-skipped',
    message: `The trainer said nothing of ${many}. The metrics have a gap there.`,
  }
}

function pastTheEnd(step: number, total: number): Finding {
  return {
    type: 'warning',
    code: 'steps-past-end',
    message: `The trainer goes on past the last step that was planned: step ${step} of ${total}.`,
  }
}
