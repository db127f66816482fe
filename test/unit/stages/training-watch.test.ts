import { describe, expect, it } from 'vitest'
import { nanError, nanHint, TrainingWatch } from '../../../src/stages/train-controlnet/training-watch.ts'
import { told } from '../told.ts'
import type { TrainingMaths } from '../../../src/types.ts'

const training = {
  rows: 16,
  settings: { device: 'cuda', mixed_precision: 'bf16', num_processes: 1, gradient_accumulation_steps: 2 },
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

  it.each([
    [
      { learningRate: 1e-5, precision: 'bf16', canBf16: true },
      'Usual causes: a learning rate that is too high.\ncontrolnet-kit train --again --set train.learning_rate=1e-6',
    ],
    [
      { learningRate: 3e-4, precision: 'fp16', canBf16: true },
      'Usual causes: a learning rate that is too high; fp16, where this card can do bf16.\ncontrolnet-kit train --again --set train.learning_rate=1e-5 --set train.mixed_precision=bf16',
    ],
    [
      { learningRate: 0.0005, precision: 'fp16', canBf16: false },
      'Usual causes: a learning rate that is too high.\ncontrolnet-kit train --again --set train.learning_rate=1e-5',
    ],
  ] as const)('advises another value than that of the run: %j', (run, hint) => {
    expect(told(nanHint(run))).toBe(hint)
  })

  it('names the checkpoint that is left', () => {
    expect(nanError(31, 24).message).toBe(
      'The loss became NaN at step 31. Checkpoint 24 is whole and finite; later ones are not.',
    )
  })
})

it('a GPU that torch does not find is looked for with nvidia-smi', () => {
  const watch = new TrainingWatch(training, 0, 0)
  watch.fact('device', 'cpu')
  expect({ code: watch.problem?.code, hint: told(watch.problem?.hint) }).toEqual({
    code: 'plan-mismatch',
    hint: 'torch finds no GPU that it can use. See whether nvidia-smi lists it, then: controlnet-kit plan',
  })
})

it.each([
  ['rows', 16, null],
  ['rows', 15, 'expected 16 for the rows of the dataset, found 15.'],
  ['processes', 2, 'expected 1 for the processes, found 2.'],
  ['total_steps', 9, 'expected 8 for the total steps, found 9.'],
  ['device', 'cuda', null],
  ['device', 'cpu', 'expected the GPU for the device, found the CPU.'],
  ['precision', 'bf16', null],
  ['precision', 'no', 'expected bf16 for the precision, found fp32.'],
] as const)('%s: the trainer says %s', (name, value, words) => {
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
