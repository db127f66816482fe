import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  HistogramCounts,
  niceWidth,
  type Histogram,
  type HistogramOptions,
} from '../../../../src/pages/dataset-preview/histogram.ts'
import { renderHistogram } from '../../../../src/pages/dataset-preview/histogram-svg.ts'

function count(values: readonly number[], options: HistogramOptions = { unit: 1 }): Histogram | null {
  const counts = new HistogramCounts(options)
  for (const value of values) counts.add(value)
  return counts.plan()
}

const times = (value: number, much: number): number[] => Array<number>(much).fill(value)

test('nothing was counted', () => {
  expect(count([])).toBeNull()
  expect(count([NaN, Infinity, -Infinity])).toBeNull()
})

test('one value is one bar', () => {
  expect(count(times(512, 9))).toEqual({
    n: 9,
    median: 512,
    least: 512,
    most: 512,
    bars: [{ from: 512, to: 513, count: 9 }],
  })
})

test.each([
  [[1, 2, 3], 2],
  [[1, 2, 3, 10], 2.5],
  [[5], 5],
  [[1, 1, 1, 9, 9], 1],
])('the median of %j is %d', (values, median) => expect(count(values)!.median).toBe(median))

test('bars begin at round numbers, and the first one may begin before the least value', () => {
  const { bars } = count([197, 210, 250, 333, 480, 512])!
  expect(bars[0]).toEqual({ from: 180, to: 200, count: 1 })
  expect(bars.every(({ from, to }) => from % 20 === 0 && to - from === 20)).toBe(true)
  expect(bars.at(-1)).toEqual({ from: 500, to: 520, count: 1 })
})

test('a few values far out share an open bar; the others keep their shape', () => {
  const { bars, most } = count([...times(6, 20), ...times(8, 20), ...times(11, 20), 2000])!
  expect(most).toBe(2000)
  expect(bars.at(-1)).toEqual({ from: 12, to: Infinity, count: 1 })
  expect(bars.filter(({ count: each }) => each > 0)).toHaveLength(4)
})

test('a fixed axis: what lies beyond counts at its ends', () => {
  const { bars } = count([-120, -90, -0.04, 0, 89.9, 90, 140], { unit: 0.1, range: [-90, 90, 10] })!
  expect(bars).toHaveLength(18)
  expect(bars.map((bar) => bar.count)).toEqual([2, ...times(0, 8), 2, ...times(0, 7), 3])
})

test('the bars always hold every value, in order and without gaps', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 1e7 })), {
    minLength: 1,
    maxLength: 200,
  })
  fc.assert(
    fc.property(values, (all) => {
      const { bars, n } = count(all)!
      expect(n).toBe(all.length)
      expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(n)
      expect(bars.length).toBeLessThanOrEqual(25)
      for (const bar of bars) {
        const inside = all.filter((value) => value >= bar.from && value < bar.to)
        expect(bar.count).toBe(inside.length)
      }
      expect(bars.slice(1).every((bar, index) => bar.from === bars[index]!.to)).toBe(true)
    }),
  )
})

test.each([
  [0.3, 1, 1],
  [1.2, 1, 2],
  [20, 1, 20],
  [21, 1, 50],
  [51, 1, 100],
  [0.2, 0.1, 0.2],
])('niceWidth(%d, %d) is %d', (least, unit, width) => expect(niceWidth(least, unit)).toBeCloseTo(width))

describe('as a figure', () => {
  const chart = { title: 'Size <b>', axis: 'side, px', unit: ' px', counted: 'rows', isWhole: true }

  test('names, numbers, bars and a table', () => {
    const html = renderHistogram({ ...chart, histogram: count([10, 10, 12, 1200])! })
    expect(html).toContain('aria-label="Size &lt;b&gt;: n = 4, median 11 px, from 10 to 1,200 px"')
    expect(
      [...html.matchAll(/data-count="(\d+)"/g)].map(([, each]) => Number(each)).reduce((a, b) => a + b),
    ).toBe(4)
    expect(html).not.toMatch(/NaN|Infinity|undefined|<b>/)
  })

  test('whole numbers are said as such', () => {
    const html = renderHistogram({ ...chart, histogram: count([...times(6, 20), ...times(8, 20), 3000])! })
    expect(html).toContain('<th scope="row">6 px</th><td>20</td>')
    expect(html).toContain('<th scope="row">9 px and more</th><td>1</td>')
    expect(html).toContain('The lighter bar collects the outliers: 1 row from 9 px on.')
  })

  test('a line for the marker, where it lies on the axis', () => {
    const histogram = count([400, 500, 600])!
    const line = (value: number): boolean =>
      renderHistogram({ ...chart, histogram, marker: { value, label: 'resolution' } }).includes(
        'class="marker"',
      )
    expect([line(512), line(100), line(5000)]).toEqual([true, false, false])
  })

  test('nothing is drawn outside', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 60 }), (all) => {
        const html = renderHistogram({ ...chart, histogram: count(all)! })
        for (const [, x, y, width, height] of html.matchAll(
          /<rect class="[a-z ]+" data-count="\d+" x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/g,
        )) {
          expect(Number(x)).toBeGreaterThanOrEqual(44)
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(338.1)
          expect(Number(width)).toBeGreaterThan(0)
          expect(Number(y)).toBeGreaterThanOrEqual(23.9)
          expect(Number(height)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
