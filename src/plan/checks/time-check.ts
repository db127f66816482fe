/** Whether the time that a person gives (`--max-time`) is enough to save anything. Pure. */
import { setWords } from '../../next-step.ts'
import type { Check, TrainingMaths } from '../../types.ts'
import { formatAmount, formatCount } from '../../words.ts'

interface TimeInput {
  readonly maxTimeSeconds: number
  readonly training: Pick<TrainingMaths, 'total_steps' | 'checkpoints'>
  /** The step that the training begins after. */
  readonly startStep: number
  /** As an earlier attempt with these settings measured it; null when none did. */
  readonly secondsPerStep: number | null
}

/** Loading the models until the first step, and ending the trainer. */
const START_AND_END_SECONDS = 30

/** A training that is stopped before its next checkpoint has gained nothing. */
export function checkMaxTime({ maxTimeSeconds, training, startStep, secondsPerStep }: TimeInput): Check {
  const every = Math.max(1, training.checkpoints.every)
  const save = Math.min(training.total_steps, (Math.floor(startStep / every) + 1) * every)
  const steps = save - startStep
  const given = `--max-time ${formatTime(maxTimeSeconds)}`
  const next = `the next checkpoint comes after ${formatAmount(steps, 'step')}, at step ${formatCount(save)}`
  const check = { code: 'max-time', path: 'train.checkpointing_steps', remedy: '' } as const
  if (secondsPerStep === null && maxTimeSeconds > START_AND_END_SECONDS) {
    const found = `${given}; ${next}; how long a step takes here is not known yet`
    return { ...check, status: 'pass', found, expected: 'time for a checkpoint' }
  }
  const needed = START_AND_END_SECONDS + steps * (secondsPerStep ?? 0)
  const measured =
    secondsPerStep === null ? '' : ` (${Number(secondsPerStep.toPrecision(3))} s a step, as measured before)`
  if (needed <= maxTimeSeconds)
    return {
      ...check,
      status: 'pass',
      found: `${given}; ${next}${measured}`,
      expected: `at least ${formatTime(needed)}`,
    }
  return {
    ...check,
    status: 'fail',
    found: `${given}, and ${next}${measured}`,
    expected: `at least ${formatTime(needed)}`,
    remedy: `Give more time, or save more often: ${setWords({ 'train.checkpointing_steps': fittingSteps(maxTimeSeconds, secondsPerStep) })}`,
  }
}

/** A cadence that leaves half of the time to spare. */
function fittingSteps(maxTimeSeconds: number, secondsPerStep: number | null): number {
  const room = (maxTimeSeconds - START_AND_END_SECONDS) / 2
  return secondsPerStep === null ? 1 : Math.max(1, Math.floor(room / secondsPerStep))
}

/** 21000 → `5h50m`, as the flag takes it. */
function formatTime(seconds: number): string {
  const whole = Math.ceil(seconds)
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('')
}
