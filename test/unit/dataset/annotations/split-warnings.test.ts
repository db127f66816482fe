import { expect, test } from 'vitest'
import type { WantedCount } from '../../../../src/dataset/annotations/held-out-count.ts'
import { findSplitWarnings } from '../../../../src/dataset/annotations/split-warnings.ts'

test.each<[string, WantedCount, { rows: number; held: number; enlarged: number }, string[]]>([
  ['as many as asked for, a third of them', 4, { rows: 12, held: 4, enlarged: 0 }, []],
  [
    'one row too few for that',
    4,
    { rows: 11, held: 4, enlarged: 0 },
    ['Held out, so not trained on: 4 of 11 rows. Add pictures, or lower dataset.validation.count (now 4).'],
  ],
  [
    'fewer than twice the rows asked for',
    4,
    { rows: 7, held: 3, enlarged: 0 },
    [
      'Held out: 3 of the 4 rows asked for, as at least half of the 7 are trained on. Add pictures, or lower dataset.validation.count.',
    ],
  ],
  [
    'rows that must stay together',
    4,
    { rows: 1000, held: 3, enlarged: 0 },
    [
      'Held out: 3 of the 4 rows asked for: rows of one picture, and pictures that repeat each other, stay together.',
    ],
  ],
  ['as many as the kit chooses, of two rows', 'auto', { rows: 2, held: 1, enlarged: 0 }, []],
  ['a single row', 'auto', { rows: 1, held: 0, enlarged: 0 }, []],
  [
    'fewer than the kit chooses',
    'auto',
    { rows: 100, held: 8, enlarged: 0 },
    [
      'Held out: 8 of the 10 rows asked for: rows of one picture, and pictures that repeat each other, stay together.',
    ],
  ],
  [
    'small pictures',
    4,
    { rows: 2000, held: 4, enlarged: 1500 },
    ['Enlarged: 1,500 of 2,000 pictures, as their crops are smaller than 512 px.'],
  ],
])('%s', (_, count, facts, messages) => {
  const found = findSplitWarnings(facts, { resolution: 512, validation: { count } })
  expect(found.map(({ message }) => message)).toEqual(messages)
})
