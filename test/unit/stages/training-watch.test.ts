import { describe, expect, it } from 'vitest'
import { nanError, TrainingWatch } from '../../../src/stages/training-watch.ts'
import type { TrainingMaths } from '../../../src/types.ts'

const training = {
  rows: 16,
  settings: { num_processes: 1, gradient_accumulation_steps: 2 },
  effective_batch: 4,
  total_steps: 8,
} as TrainingMaths

const MINUTE_MS = 60_000

describe('a loss that is no number', () => {
  it.each([
    [[0.1, null, null, 0.2], null],
    [[0.1, null, null, null], 2],
    [[null, null, null], 1],
  ])('%j', (losses, nanStep) => {
    const watch = new TrainingWatch(training, 0, 0)
    losses.forEach((loss, index) => watch.step(index + 1, loss, index))
    expect(watch.problem?.code ?? null).toBe(nanStep === null ? null : 'loss-nan')
    if (nanStep !== null) expect(watch.problem?.message).toBe(`The loss became NaN at step ${nanStep}.`)
  })

  it('names the checkpoint that is left', () => {
    expect(nanError(31, 24).message).toBe(
      'The loss became NaN at step 31. Checkpoint 24 is whole and finite; later ones are not.',
    )
  })
})

it.each([
  ['rows', 16, null],
  ['rows', 15, 'expected 16 for the rows of the dataset, found 15.'],
  ['processes', 2, 'expected 1 for the processes, found 2.'],
  ['total_steps', 9, 'expected 8 for the total steps, found 9.'],
] as const)('%s: the trainer says %i', (name, value, words) => {
  const watch = new TrainingWatch(training, 0, 0)
  watch.fact(name, value)
  expect(watch.problem?.message ?? null).toBe(words && `The trainer does not do what was planned: ${words}`)
})

it('silence is noticed once, after ten minutes or twenty steps, and not before the first step', () => {
  const watch = new TrainingWatch(training, 0, 0)
  expect(watch.stalledMs(60 * MINUTE_MS)).toBeNull()
  watch.step(1, 0.1, 60 * MINUTE_MS)
  watch.step(2, 0.1, 61 * MINUTE_MS)
  watch.step(3, 0.1, 62 * MINUTE_MS)
  expect(watch.stalledMs(72 * MINUTE_MS)).toBeNull()
  expect(watch.stalledMs(83 * MINUTE_MS)).toBe(21 * MINUTE_MS)
  expect(watch.stalledMs(90 * MINUTE_MS)).toBeNull()
})
