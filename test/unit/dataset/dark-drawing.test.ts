import { expect, test } from 'vitest'
import { findDarkLevel, formatDarkDrawings } from '../../../src/dataset/dark-drawing.ts'

const grey = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value, value, value]))

test.each<[string, Uint8Array, number | null]>([
  ['numbers of four classes', grey(0, 1, 2, 3, 3, 0), 3],
  ['of two', grey(0, 1, 1), 1],
  ['with white for what has no class', grey(0, 18, 255, 255), 18],
  ['dark colours', Uint8Array.from([10, 0, 0, 0, 40, 2]), 40],
  ['all black', grey(0, 0), null],
  ['black and white', grey(0, 255, 0), null],
  ['lines with soft edges', grey(0, 20, 128, 255), null],
  ['a dim grey among them', grey(0, 3, 64), null],
  ['a pure colour', Uint8Array.from([0, 0, 0, 255, 0, 0, 1, 1, 1]), null],
])('%s', (_, rgb, level) => expect(findDarkLevel(rgb)).toBe(level))

test.each([
  [
    { count: 1, largest: 1 },
    '1 of 1,200 conditioning image is nearly black: besides 255, the largest value is 1.',
  ],
  [
    { count: 1100, largest: 18 },
    '1,100 of 1,200 conditioning images are nearly black: besides 255, the largest value is 18.',
  ],
])('%j', (dark, words) =>
  expect(formatDarkDrawings(dark, 1200)).toBe(
    `${words} If the values are the numbers of classes, give each class a colour of its own (docs/sources.md, Pairs).`,
  ),
)
