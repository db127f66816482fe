import { describe, expect, test } from 'vitest'
import { heldOutWords, lossMean, lossTrend, lossWords } from '../../../../src/ui/live-view/loss-words.ts'

describe('losses', () => {
  const falling = Array.from({ length: 40 }, (_, index) => 0.2 - index * 0.002)
  test.each([
    [[], ''],
    [[0.1, 0.2, 0.3], ''],
    [falling, '↘'],
    [[...falling].reverse(), '↗'],
    [Array<number>(40).fill(0.1), '→'],
    [[0.1, 0.1, 0.1, NaN, NaN, NaN], ''],
  ])('trend of %j', (losses, arrow) => expect(lossTrend(losses)).toBe(arrow))

  test('the mean is of the last 20', () => {
    expect(lossMean([...Array<number>(20).fill(1), ...Array<number>(20).fill(0.5)])).toBe(0.5)
    expect(lossMean([])).toBeNull()
  })
})

test.each([
  [[], ''],
  [[0.5], 'loss 0.500'],
  [Array.from({ length: 40 }, (_, index) => 0.2 - index * 0.002), 'loss 0.141 ↘'],
])('of the steps %j: %s', (losses, words) => expect(lossWords(losses)).toBe(words))

test.each([
  [[], ''],
  [[0.5], 'held-out loss 0.500'],
  [[0.5, 0.4], 'held-out loss 0.400 ↘'],
  [[0.5, 0.4, 0.401], 'held-out loss 0.401 →'],
  [[0.4, 0.5], 'held-out loss 0.500 ↗'],
])('of the held-out rows %j: %s', (losses, words) => expect(heldOutWords(losses)).toBe(words))
