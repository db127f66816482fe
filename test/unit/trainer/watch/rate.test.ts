import { describe, expect, it } from 'vitest'
import { checkRate } from '../../../../src/trainer/watch/checks/rate-check.ts'
import { learningRateAt } from '../../../../src/trainer/watch/checks/learning-rate.ts'
import { config } from '../../plan/facts.ts'
import { findings, step } from './events.ts'

const of = (train: Record<string, unknown>) => config({ train: { learning_rate: 1e-3, ...train } }).train

describe('the learning rate after a step, of 100', () => {
  // Printed by diffusers.optimization.get_scheduler with the same values.
  it.each<[Record<string, unknown>, Readonly<Record<number, number>>]>([
    [{}, { 1: 1e-3, 100: 1e-3 }],
    [
      { lr_scheduler: 'constant_with_warmup', lr_warmup_steps: 10 },
      { 1: 1e-4, 5: 5e-4, 10: 1e-3, 60: 1e-3 },
    ],
    [
      { lr_scheduler: 'linear', lr_warmup_steps: 20 },
      { 10: 5e-4, 20: 1e-3, 60: 5e-4, 100: 0 },
    ],
    [{ lr_scheduler: 'cosine' }, { 25: 8.535533905932737e-4, 50: 5e-4, 100: 0 }],
    [
      { lr_scheduler: 'cosine_with_restarts', lr_num_cycles: 2 },
      { 25: 5e-4, 50: 1e-3, 75: 5e-4, 100: 0 },
    ],
    [
      { lr_scheduler: 'polynomial', lr_power: 2 },
      { 50: 2.50075e-4, 100: 1e-7 },
    ],
  ])('%j', (train, expected) => {
    const found = Object.keys(expected).map((at) => [at, learningRateAt(of(train), Number(at), 100)])
    for (const [at, rate] of found) expect(rate, `step ${at}`).toBeCloseTo(expected[Number(at)]!, 10)
  })
})

describe('the learning rate in the bar', () => {
  const training = { total_steps: 100 }
  const linear = { lr_scheduler: 'linear' }
  const run = (train: Record<string, unknown>, rates: readonly number[], from = 1) =>
    findings(
      checkRate({ train: of(train) }, training),
      rates.map((lr, index) => step(from + index, { lr })),
    )

  it.each<[string, Record<string, unknown>, readonly number[]]>([
    ['three digits of it', linear, [0.00099, 0.00098, 0.00097, 0.00096]],
    ['lagging, as after steps that fp16 skipped', linear, [0.001, 0.001, 0.00099, 0.00098]],
    ['odd at two steps', {}, [1e-3, 5e-4, 5e-4, 1e-3]],
    ['at the end of the schedule', linear, [2e-5, 1e-5, 0]],
  ])('%s', (name, train, rates) => {
    expect(run(train, rates, name === 'at the end of the schedule' ? 98 : 1)).toEqual([])
  })

  it('a checkpoint’s own rate ends the training', () => {
    expect(run({}, [5e-4, 5e-4, 5e-4, 5e-4], 41)).toEqual([
      'plan-mismatch ends it: The trainer does not do what was planned: expected 0.001 for the learning rate at step 43, found 5e-4.',
    ])
  })
})
