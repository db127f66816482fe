import { expect, it } from 'vitest'
import { shortFloat, trackBoardSteps } from '../../../../src/trainer/log/board-steps.ts'
import { readScalars } from '../recorded-logs.ts'

type Scalar = readonly [step: number, tag: string, value: number]

function stepsOf(scalars: readonly Scalar[], recordsPerStep: number) {
  const steps = trackBoardSteps(recordsPerStep)
  return scalars.flatMap(([step, tag, value], index) => {
    const event = { wallTime: 1000 + index / 2, step, values: [{ kind: 'scalar', tag, value }] } as const
    const closed = steps(event)
    return closed === null ? [] : [closed]
  })
}

const micro = (step: number, loss: number): Scalar[] => [
  [step, 'loss', loss],
  [step, 'lr', Math.fround(1e-5)],
]

it('one record a step: number, loss, learning rate, time since the one before', () => {
  expect(stepsOf([...micro(1, Math.fround(0.1)), ...micro(2, NaN), ...micro(3, 0.5)], 1)).toEqual([
    { step: 1, loss: 0.1, lr: 1e-5, seconds: null, wallTime: 1000.5 },
    { step: 2, loss: null, lr: 1e-5, seconds: 1, wallTime: 1001.5 },
    { step: 3, loss: 0.5, lr: 1e-5, seconds: 1, wallTime: 1002.5 },
  ])
})

it('the trainer may say itself how long a step took', () => {
  const scalars: Scalar[] = [
    [7, 'loss', 0.5],
    [7, 'seconds', Math.fround(0.1234)],
    [7, 'lr', 1],
  ]
  expect(stepsOf(scalars, 1)).toMatchObject([{ step: 7, seconds: 0.1234 }])
})

it('three micro-batches a step: the mean of those that belong to it', () => {
  const fresh = [0, 0, 1, 1, 1, 2].flatMap((step, index) => micro(step, index + 1))
  expect(stepsOf(fresh, 3).map(({ step, loss }) => [step, loss])).toEqual([
    [1, 2],
    [2, 5],
  ])
  const resumed = [8, 8, 9].flatMap((step, index) => micro(step, index + 1))
  expect(stepsOf(resumed, 3).map(({ step, loss }) => [step, loss])).toEqual([[9, 2]])
})

it('an epoch may end with fewer micro-batches', () => {
  const scalars = [0, 1, 2, 2, 3].flatMap((step, index) => micro(step, index + 1))
  expect(stepsOf(scalars, 2).map(({ step, loss }) => [step, loss])).toEqual([
    [1, 1.5],
    [2, 3],
    [3, 4.5],
  ])
})

it('a recorded run of upstream’s script with accumulation', () => {
  const records = readScalars('previews')
  const scalars = records.flatMap(([step, loss]) => micro(step, loss))
  const means = [0, 1, 2, 3, 4, 5].map(
    (at) => (Math.fround(records[2 * at]![1]) + Math.fround(records[2 * at + 1]![1])) / 2,
  )
  const steps = stepsOf(scalars, 2)
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
  expect(steps.map(({ loss }) => Math.abs(loss! - means.shift()!) < 1e-6)).toEqual(Array(6).fill(true))
})

it('scalars of other tags change nothing', () => {
  const scalars: Scalar[] = [[1, 'gradient_norm', 3], ...micro(1, 0.5), [2, 'lr', 1]]
  expect(stepsOf(scalars, 1)).toHaveLength(1)
})

it.each([0.1, 1e-5, 0.333333343, 1.5, 123456.789, 5e-6])(
  'the shortest number for the float32 of %d',
  (value) => {
    const short = shortFloat(Math.fround(value))
    expect(Math.fround(short)).toBe(Math.fround(value))
    expect(String(short).length).toBeLessThanOrEqual(String(Math.fround(value)).length)
  },
)
