import { expect, test } from 'vitest'
import { spreadIndices, SpreadSample } from '../../../../src/pages/dataset-preview/spread-sample.ts'

test.each([
  [0, 3, []],
  [1, 3, [0]],
  [3, 3, [0, 1, 2]],
  [5, 3, [0, 2, 4]],
  [100, 2, [0, 99]],
  [10, 1, [0]],
])('%i things, at most %i', (length, limit, indices) => {
  expect(spreadIndices(length, limit)).toEqual(indices)
})

test.each([0, 1, 5, 11, 12, 13, 24, 25, 100, 12_345])('of %i things a few, evenly spread', (length) => {
  const sample = new SpreadSample<number>(12)
  for (let index = 0; index < length; index++) sample.add(index)
  const picked = sample.pick()
  expect(sample.count).toBe(length)
  expect(picked).toHaveLength(Math.min(12, length))
  if (length === 0) return
  expect([picked[0], picked.at(-1)]).toEqual([0, length - 1])
  const gaps = picked.slice(1).map((value, index) => value - picked[index]!)
  expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(2 * Math.ceil(length / 11))
  expect(Math.min(1, ...gaps)).toBe(1)
})
