import { expect, it } from 'vitest'
import { parseDuration } from '../../src/duration.ts'

it.each([
  ['30m', 1_800_000],
  ['5h50m', 21_000_000],
  ['90s', 90_000],
  ['1h0m1s', 3_601_000],
  ['30', Number.NaN],
  ['30 m', Number.NaN],
  ['m', Number.NaN],
  ['', Number.NaN],
])('%j', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})
