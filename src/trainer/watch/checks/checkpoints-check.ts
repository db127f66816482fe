import type { TrainingMaths } from '../../../types.ts'
import type { Check, Finding } from './check.ts'

/** How many steps after its own a checkpoint may be reported: saving begins before the next step. */
const LATE_STEPS = 2

/** Every checkpoint that was planned must come. */
export function checkCheckpoints(
  { checkpoints: { every }, total_steps }: Pick<TrainingMaths, 'checkpoints' | 'total_steps'>,
  start: number,
): Check {
  let saved = start
  let next = Math.floor(start / every) * every + every
  const missingBefore = (step: number): Finding[] => {
    const found: Finding[] = []
    for (; next < step && next <= total_steps; next += every) found.push(missing(next, saved))
    return found
  }
  return {
    see(event) {
      switch (event.type) {
        case 'checkpoint-saved':
          saved = Math.max(saved, event.step)
          next = Math.max(next, Math.floor(event.step / every) * every + every)
          return []
        case 'train-step':
          return missingBefore(event.step - LATE_STEPS)
        case 'phase':
          return event.phase === 'finishing' ? missingBefore(total_steps + 1) : []
        default:
          return []
      }
    },
  }
}

function missing(step: number, saved: number): Finding {
  const lost = saved === 0 ? 'all of it' : `the steps after ${saved}`
  return {
    type: 'warning',
    code: 'checkpoint-missing',
    message: `Checkpoint ${step} was planned and did not come. If the training ended now, ${lost} would be lost.`,
  }
}
