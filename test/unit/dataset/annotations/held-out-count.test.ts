import { expect, test } from 'vitest'
import { countHeldOut, type WantedCount } from '../../../../src/dataset/annotations/held-out-count.ts'

test.each<[WantedCount, number, number]>([
  ['auto', 0, 0],
  ['auto', 1, 0],
  ['auto', 2, 1],
  ['auto', 12, 1],
  ['auto', 19, 1],
  ['auto', 20, 2],
  ['auto', 159, 15],
  ['auto', 160, 16],
  ['auto', 100_000, 16],
  [0, 100, 0],
  [16, 100, 16],
  [50, 100, 50],
  [51, 100, 50],
  [16, 1, 0],
  [16, 0, 0],
])('%s of %i rows: %i', (wanted, rows, held) => {
  expect(countHeldOut(wanted, rows)).toBe(held)
})
