import { describe, expect, test } from 'vitest'
import {
  addStep,
  NO_PACE,
  secondsPerStep,
  trainingSecondsLeft,
  type Cadence,
  type TrainingPace,
} from '../../../src/ui/training-pace.ts'

interface Run {
  readonly steps: number
  readonly secondsPerStep: number
  readonly cadence: Cadence
  readonly saveSeconds: number
  readonly previewSeconds: number
  /** diffusers' script tells a step when it has saved; the builtin engine before it saves. */
  readonly tellsAfterSave: boolean
}

/** The pace after a made-up run, and when its last step was told. */
function simulate({ steps, cadence, tellsAfterSave, ...run }: Run): { pace: TrainingPace; nowMs: number } {
  let pace = NO_PACE
  let now = 0
  let told = 0
  for (let step = 1; step <= steps; step++) {
    now += run.secondsPerStep
    const saves = step % cadence.checkpoints.every === 0 ? run.saveSeconds : 0
    const draws = cadence.previews.every > 0 && step % cadence.previews.every === 0 ? run.previewSeconds : 0
    const before = tellsAfterSave ? saves + draws : 0
    told = (now + before) * 1000
    pace = addStep(pace, step, { timeMs: told, cadence })
    now += saves + draws
  }
  return { pace, nowMs: told }
}

const cadence = { checkpoints: { every: 10 }, previews: { every: 10 } }
const run: Run = {
  ...{ steps: 35, secondsPerStep: 2, cadence, saveSeconds: 5, previewSeconds: 20, tellsAfterSave: true },
}

describe.each([true, false])('told after a save: %s', (tellsAfterSave) => {
  test('a checkpoint every few steps does not make the steps look slow', () => {
    const often = { checkpoints: { every: 2 }, previews: { every: 0 } }
    const { pace } = simulate({ ...run, tellsAfterSave, cadence: { ...often, checkpoints: { every: 4 } } })
    expect(secondsPerStep(pace)).toBeCloseTo(2)
  })

  test('the time left: steps, and what checkpoints and previews take together', () => {
    const { pace, nowMs } = simulate({ ...run, tellsAfterSave })
    // 65 steps, and pauses at 40, 50, 60, 70, 80, 90, 100.
    expect(trainingSecondsLeft(pace, { total: 100, nowMs, cadence })).toBeCloseTo(65 * 2 + 7 * 25)
  })

  test('the time left: checkpoints and previews apart', () => {
    const apart = { checkpoints: { every: 10 }, previews: { every: 4 } }
    const { pace, nowMs } = simulate({ ...run, tellsAfterSave, steps: 45, cadence: apart })
    // Both at 60, 80, 100; checkpoints at 50, 70, 90; previews at 48, 52, 56, 64, 68, 72, 76, 84, 88, 92, 96.
    expect(trainingSecondsLeft(pace, { total: 100, nowMs, cadence: apart })).toBeCloseTo(
      55 * 2 + 3 * 25 + 3 * 5 + 11 * 20,
    )
  })
})

test('nothing is known before the second step', () => {
  expect(trainingSecondsLeft(NO_PACE, { total: 10, nowMs: 0, cadence })).toBeNull()
  const one = addStep(NO_PACE, 1, { timeMs: 1000, cadence })
  expect(trainingSecondsLeft(one, { total: 10, nowMs: 1000, cadence })).toBeNull()
})

test('one slow step changes little', () => {
  const { pace, nowMs } = simulate({ ...run, steps: 9 })
  const slow = addStep(pace, 10, { timeMs: nowMs + 60_000, cadence: null })
  expect(secondsPerStep(slow)).toBeCloseTo(2)
})

test('steps that are told in bursts', () => {
  let pace = NO_PACE
  for (let step = 1; step <= 400; step++)
    pace = addStep(pace, step, { timeMs: Math.ceil(step / 20) * 200, cadence: null })
  expect(secondsPerStep(pace)).toBeCloseTo(0.01)
  expect(pace.stretches.length).toBeLessThanOrEqual(21)
})

test('it counts down between two steps, by one step at most', () => {
  const { pace, nowMs } = simulate({ ...run, steps: 5 })
  const left = (sinceMs: number) =>
    trainingSecondsLeft(pace, { total: 9, nowMs: nowMs + sinceMs, cadence: null })
  expect([left(0), left(500), left(60_000)]).toEqual([8, 7.5, 6])
})

test('a step that is done again starts anew', () => {
  const { pace, nowMs } = simulate(run)
  const again = addStep(pace, 30, { timeMs: nowMs + 5000, cadence })
  expect(again).toEqual({ ...NO_PACE, last: { step: 30, timeMs: nowMs + 5000 } })
})

test('the pauses of a long run are not kept', () => {
  const { pace } = simulate({ ...run, steps: 1000 })
  expect(pace.pauses).toHaveLength(12)
})
