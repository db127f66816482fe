import { describe, expect, it } from 'vitest'
import { planDerangement } from '../../../src/evaluation/derangement.ts'
import { bootstrapMean, quantile, summarise } from '../../../src/evaluation/statistics.ts'

const LANDMARKS = { seed: 1, ofLandmarks: true }

describe('summarise', () => {
  it.each([
    [
      'all found',
      [0.04, 0.06, 0.11],
      { mean: 0.07, median: 0.06, detected: 1, penalised: 0.07, under_008: 2 / 3 },
    ],
    // (0.04 + 0.06 + 2 x 0.3) / 4
    [
      'half found',
      [0.04, null, 0.06, null],
      { mean: 0.05, median: 0.05, detected: 0.5, penalised: 0.175, under_008: 0.5 },
    ],
    ['none found', [null, null], { mean: null, median: null, detected: 0, penalised: 0.3, under_008: 0 }],
    [
      'exactly at the limit',
      [0.08],
      { mean: 0.08, median: 0.08, detected: 1, penalised: 0.08, under_008: 0 },
    ],
  ])('%s', (_, errors, expected) => {
    const found = summarise(errors, LANDMARKS)
    for (const [name, value] of Object.entries(expected)) {
      if (value === null) expect(found[name as keyof typeof found], name).toBeNull()
      else expect(found[name as keyof typeof found], name).toBeCloseTo(value, 12)
    }
  })

  /** SPIGA on 300W fails on 0.73 % of 689 faces: five. */
  it('counts failures as 300W does', () => {
    const errors = [...Array<number>(684).fill(0.03), ...Array<number>(5).fill(0.1)]
    expect(1 - summarise(errors, LANDMARKS).under_008!).toBeCloseTo(0.0073, 4)
  })

  it('failing does not improve the number', () => {
    const all = summarise([0.05, 0.25], LANDMARKS)
    const failed = summarise([0.05, null], LANDMARKS)
    expect(failed.mean).toBeLessThan(all.mean!)
    expect(failed.penalised).toBeGreaterThan(all.penalised!)
  })

  it('other measures have no limit and no penalty', () => {
    expect(summarise([0.5, 0.7], { seed: 1, ofLandmarks: false })).toMatchObject({
      mean: 0.6,
      penalised: null,
      under_008: null,
    })
  })
})

describe('bootstrapMean', () => {
  const values = Array.from({ length: 64 }, (_, index) => index / 64)

  it('is the same for a seed, and another for another', () => {
    expect(bootstrapMean(values, 5)).toEqual(bootstrapMean(values, 5))
    expect(bootstrapMean(values, 6)).not.toEqual(bootstrapMean(values, 5))
  })

  /** Standard error of the mean of 0, 1/64 … 63/64: 0.2887 / 8 = 0.0361; 1.96 of it to either side. */
  it('is as wide as the standard error says', () => {
    const [low, high] = bootstrapMean(values, 1)!
    expect(low).toBeCloseTo(0.4922 - 1.96 * 0.0361, 1)
    expect(high).toBeCloseTo(0.4922 + 1.96 * 0.0361, 1)
    expect((high - low) / 2).toBeGreaterThan(0.06)
    expect((high - low) / 2).toBeLessThan(0.082)
  })

  it.each([
    ['nothing', [], null],
    ['one value', [0.1], [0.1, 0.1]],
    ['equal values', [0.25, 0.25, 0.25], [0.25, 0.25]],
  ])('%s', (_, given, expected) => expect(bootstrapMean(given, 1)).toEqual(expected))
})

it.each([
  [[1, 2, 3], 0.5, 2],
  [[4, 1], 0.5, 2.5],
  [[1, 2, 3, 4, 5], 0.25, 2],
  [[], 0.5, null],
])('the quantile of %j at %f is %j', (values, share, expected) =>
  expect(quantile(values, share)).toBe(expected),
)

describe('planDerangement', () => {
  it.each([2, 3, 8, 64])('puts none of %i things in its own place, and each in one', (count) => {
    for (let seed = 0; seed < 20; seed++) {
      const places = planDerangement(count, seed)!
      expect(places.filter((place, index) => place === index)).toEqual([])
      expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index))
    }
  })
  it('is the same for a seed', () => expect(planDerangement(9, 3)).toEqual(planDerangement(9, 3)))
  it.each([0, 1])('there is none of %i', (count) => expect(planDerangement(count, 1)).toBeNull())
})
