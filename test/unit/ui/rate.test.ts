import { describe, expect, test } from 'vitest'
import { addSample, secondsLeft, secondsPerUnit } from '../../../src/ui/rate.ts'
import type { Sample } from '../../../src/ui/rate.ts'

const collect = (...samples: [timeMs: number, done: number][]): readonly Sample[] =>
  samples.reduce<readonly Sample[]>((kept, [timeMs, done]) => addSample(kept, { timeMs, done }), [])

describe('secondsPerUnit', () => {
  test('nothing is known after one sample', () => {
    expect(secondsPerUnit(collect([0, 0]))).toBeNull()
    expect(secondsLeft(collect([0, 0]), 10, 0)).toBeNull()
  })

  test('a preview of a minute between two steps does not count', () => {
    expect(secondsPerUnit(collect([0, 1], [2000, 2], [4000, 3], [66_000, 4], [68_000, 5]))).toBe(2)
  })

  test('several units between two samples', () => {
    expect(secondsPerUnit(collect([0, 0], [1000, 10], [2000, 20]))).toBeCloseTo(0.1)
  })

  test('samples in quick succession are merged, not lost', () => {
    const many = Array.from({ length: 1000 }, (_, index): [number, number] => [index * 10, index])
    const samples = collect(...many)
    expect(samples.length).toBeLessThanOrEqual(21)
    expect(samples.at(-1)).toEqual({ timeMs: 9990, done: 999 })
    expect(secondsPerUnit(samples)).toBeCloseTo(0.01)
  })

  test('starting anew forgets what was', () => {
    expect(secondsPerUnit(collect([0, 100], [1000, 200], [2000, 0], [5000, 1]))).toBe(3)
  })
})

test('the time left counts down between two steps, by one step at most', () => {
  const samples = collect([0, 0], [10_000, 1], [20_000, 2])
  expect(secondsLeft(samples, 12, 20_000)).toBe(100)
  expect(secondsLeft(samples, 12, 24_000)).toBe(96)
  expect(secondsLeft(samples, 12, 600_000)).toBe(90)
})
