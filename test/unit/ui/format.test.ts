import { describe, expect, test } from 'vitest'
import * as format from '../../../src/ui/format.ts'

test.each([
  [0, '0 s'],
  [0.13, '0.1 s'],
  [5, '5 s'],
  [9.97, '10 s'],
  [29.4, '29 s'],
  [99.7, '1 min 40 s'],
  [252, '4 min 12 s'],
  [1980, '33 min'],
  [6000, '1 h 40 min'],
  [7500, '2 h 05 min'],
  [200_000, '2 d 8 h'],
])('formatDuration(%d) is %s', (seconds, text) => expect(format.formatDuration(seconds)).toBe(text))

test.each([
  [9.1, 'steps', '9.1 s/step'],
  [75, 'steps', '75 s/step'],
  [0.0243, 'pictures', '41 pictures/s'],
  [0.5, 'steps', '2.0 steps/s'],
  [1 / 34_000_000, 'bytes', '34 MB/s'],
])('formatRate(%d, %s) is %s', (secondsPerUnit, unit, text) => {
  expect(format.formatRate(secondsPerUnit, unit)).toBe(text)
})

test.each([
  [0.0936, '0.094'],
  [0, '0.000'],
  [0.00012, '1.2e-4'],
  [NaN, 'NaN'],
])('formatLoss(%d) is %s', (loss, text) => expect(format.formatLoss(loss)).toBe(text))

test.each([
  [0, 3, '0 %'],
  [57, 100, '57 %'],
  [1203, 1204, '99 %'],
  [1204, 1204, '100 %'],
  [0, 0, '100 %'],
])('formatPercent(%d, %d) is %s', (done, total, text) => {
  expect(format.formatPercent(done, total)).toBe(text)
})

describe('formatClock', () => {
  const now = new Date(2026, 10, 22, 10, 40).getTime()
  test.each([
    [new Date(2026, 10, 22, 11, 2), '11:02'],
    [new Date(2026, 10, 24, 9, 5), 'Tue 09:05'],
    [new Date(2026, 11, 3, 9, 5), 'Dec 3 09:05'],
  ])('%s', (time, text) => expect(format.formatClock(time.getTime(), now)).toBe(text))
})
