import { describe, expect, it } from 'vitest'
import { checkMaxTime } from '../../../src/plan/checks/time-check.ts'
import { told } from '../told.ts'

const training = { total_steps: 216, checkpoints: { every: 72, count: 3 } }

describe('--max-time', () => {
  it.each([
    [
      21_000,
      0,
      null,
      'pass',
      '--max-time 5h50m; the next checkpoint comes after 72 steps, at step 72; how long a step takes here is not known yet',
    ],
    [
      21_000,
      72,
      9.1,
      'pass',
      '--max-time 5h50m; the next checkpoint comes after 72 steps, at step 144 (9.1 s a step, as measured before)',
    ],
    [
      600,
      0,
      9.1,
      'fail',
      '--max-time 10m, and the next checkpoint comes after 72 steps, at step 72 (9.1 s a step, as measured before)',
    ],
    [
      600,
      215,
      9.1,
      'pass',
      '--max-time 10m; the next checkpoint comes after 1 step, at step 216 (9.1 s a step, as measured before)',
    ],
    [20, 0, null, 'fail', '--max-time 20s, and the next checkpoint comes after 72 steps, at step 72'],
  ] as const)(
    '%i s from step %i on, %s s a step: %s',
    (maxTimeSeconds, startStep, secondsPerStep, status, found) => {
      expect(checkMaxTime({ maxTimeSeconds, training, startStep, secondsPerStep })).toMatchObject({
        status,
        found,
      })
    },
  )

  it('names what would do', () => {
    const check = checkMaxTime({ maxTimeSeconds: 600, training, startStep: 0, secondsPerStep: 9.1 })
    expect(check.expected).toBe('at least 11m26s')
    expect(told(check.remedy)).toBe('Give more time, or save more often: --set train.checkpointing_steps=31')
  })
})
