import { expect, it } from 'vitest'
import { planEvaluationSize, thinSteps } from '../../../src/evaluation/evaluation-size.ts'

it.each([
  // what                                available, wanted, earlier steps, seconds each, training seconds → count, steps
  ['all that is asked for', 100, 64, 0, 0.1, 3600, 64, 0],
  ['all that is held out', 16, 64, 4, 0.1, 3600, 16, 4],
  ['a minute at least: 60 s / 1 s / 2', 100, 64, 0, 1, 10, 30, 0],
  ['a tenth of an hour: 360 s / 3 s / 6', 100, 64, 4, 3, 3600, 20, 4],
  ['at least eight, then fewer steps: 60 / 3 / 8 - 2 = 0.5', 100, 64, 4, 3, 60, 8, 0],
  ['at least eight, with the steps that there is room for', 100, 64, 6, 2, 600, 8, 1],
  ['five held out: as many steps as there is time for', 5, 64, 4, 1, 10, 5, 4],
  ['one held out', 1, 64, 4, 0.1, 10, 1, 4],
  ['fewer wanted than eight', 100, 3, 0, 100, 10, 3, 0],
])('%s', (_, available, wanted, earlierSteps, secondsEach, trainingSeconds, count, steps) => {
  expect(planEvaluationSize({ available, wanted, earlierSteps, secondsEach, trainingSeconds })).toEqual({
    count,
    earlierSteps: steps,
  })
})

it.each([
  [[10, 20, 30, 40], 4, [10, 20, 30, 40]],
  [[10, 20, 30, 40], 2, [20, 40]],
  [[10, 20, 30, 40, 50], 2, [30, 50]],
  [[10, 20, 30], 1, [30]],
  [[10, 20, 30], 0, []],
])('of the steps %j, %i: %j', (steps, count, expected) => expect(thinSteps(steps, count)).toEqual(expected))
