import { expect, test } from 'vitest'
import { findSplitWarnings } from '../../../../src/dataset/annotations/split-warnings.ts'

const wanted = { resolution: 512, validation: { count: 4 } }

test.each([
  ['as many as asked for, a third of them', { rows: 12, held: 4, enlarged: 0 }, []],
  [
    'one row too few for that',
    { rows: 11, held: 4, enlarged: 0 },
    ['Held out, so not trained on: 4 of 11 rows. Add pictures, or lower dataset.validation.count (now 4).'],
  ],
  [
    'fewer rows than asked for',
    { rows: 3, held: 1, enlarged: 0 },
    ['Held out: 1 of the 4 rows asked for: there are only 3.'],
  ],
  [
    'rows that must stay together',
    { rows: 1000, held: 3, enlarged: 0 },
    [
      'Held out: 3 of the 4 rows asked for: rows of one picture, and pictures that repeat each other, stay together.',
    ],
  ],
  [
    'small pictures',
    { rows: 2000, held: 4, enlarged: 1500 },
    ['Enlarged: 1,500 of 2,000 pictures, as their crops are smaller than 512 px.'],
  ],
])('%s', (_, facts, messages) => {
  expect(findSplitWarnings(facts, wanted).map(({ message }) => message)).toEqual(messages)
})
