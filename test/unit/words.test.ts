import { expect, test } from 'vitest'
import * as words from '../../src/words.ts'

test.each([
  [0, '0'],
  [1204, '1,204'],
  [1234567, '1,234,567'],
])('formatCount(%d) is %s', (value, text) => expect(words.formatCount(value)).toBe(text))

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [388_000_000, '388 MB'],
  [999_600_000, '1.0 GB'],
  [4_400_000_000, '4.4 GB'],
  [21_000_000_000, '21 GB'],
  [5_000_000_000_000_000, '5000 TB'],
])('formatBytes(%d) is %s', (value, text) => expect(words.formatBytes(value)).toBe(text))

test.each([
  [1, 'picture', undefined, '1 picture'],
  [0, 'picture', undefined, '0 pictures'],
  [1204, 'box', 'boxes', '1,204 boxes'],
])('formatAmount(%d, %s, %s) is %s', (count, one, many, text) =>
  expect(words.formatAmount(count, one, many)).toBe(text),
)

test.each([
  [0, '0.0 MB'],
  [9_940_000, '9.9 MB'],
  [10_400_000, '10 MB'],
  [4_400_000_000, '4,400 MB'],
])('formatMegabytes(%d) is %s', (value, text) => expect(words.formatMegabytes(value)).toBe(text))

test.each([
  [14_462_000_000, Math.round, '14.5 GB'],
  [14_462_000_000, Math.floor, '14.4 GB'],
  [14_412_000_000, Math.ceil, '14.5 GB'],
  [30_000_000, Math.round, '0.0 GB'],
])('formatGigabytes(%d, %o) is %s', (value, round, text) =>
  expect(words.formatGigabytes(value, round)).toBe(text),
)
