/** Collects values for a histogram. Values are rounded when they are added, so only a count per value is kept. */

export interface Bar {
  /** Lower edge, inclusive. */
  readonly from: number
  /** Upper edge, exclusive. Infinity for an open last bar that collects outliers. */
  readonly to: number
  readonly count: number
}

export interface Histogram {
  readonly n: number
  readonly median: number
  readonly least: number
  readonly most: number
  readonly bars: readonly Bar[]
}

export interface HistogramOptions {
  /** Values are rounded to multiples of this; bars are at least this wide. */
  readonly unit: number
  /** A fixed axis; values outside count in the first or last bar. Without it the axis follows the values. */
  readonly range?: readonly [from: number, to: number, width: number]
}

export class HistogramCounts {
  readonly #options: HistogramOptions
  /** Value in units → count. */
  readonly #counts = new Map<number, number>()

  constructor(options: HistogramOptions) {
    this.#options = options
  }

  add(value: number): void {
    if (!Number.isFinite(value)) return
    const key = Math.round(value / this.#options.unit)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** Returns null when there were no values. */
  plan(): Histogram | null {
    const { unit } = this.#options
    const sorted = [...this.#counts]
      .sort((a, b) => a[0] - b[0])
      .map(([key, count]) => [key * unit, count] as const)
    return sorted.length === 0 ? null : planHistogram(sorted, this.#options)
  }
}

type Sorted = readonly (readonly [value: number, count: number])[]

const MOST_BARS = 24

function planHistogram(sorted: Sorted, { unit, range }: HistogramOptions): Histogram {
  const n = sorted.reduce((sum, [, count]) => sum + count, 0)
  const [least, most] = [sorted[0]![0], sorted.at(-1)![0]]
  const median = (quantile(sorted, Math.ceil(n / 2)) + quantile(sorted, Math.floor(n / 2) + 1)) / 2
  return { n, median, least, most, bars: range ? fixedBars(sorted, range) : freeBars(sorted, n, unit) }
}

/** Returns the value of rank `rank`, counted from 1. */
function quantile(sorted: Sorted, rank: number): number {
  let before = 0
  for (const [value, count] of sorted) {
    before += count
    if (before >= rank) return value
  }
  return sorted.at(-1)![0]
}

function fixedBars(sorted: Sorted, [from, to, width]: readonly [number, number, number]): Bar[] {
  const edges = Array.from({ length: Math.round((to - from) / width) }, (_, index) => from + index * width)
  return fill(sorted, edges, width)
}

/** Chooses the bars from the values. If a few outliers would squeeze the other bars, they are collected in an open last bar. */
function freeBars(sorted: Sorted, n: number, unit: number): Bar[] {
  const [least, most] = [sorted[0]![0], sorted.at(-1)![0]]
  const few = Math.min(Math.floor(n / 10), Math.max(2, Math.floor(n / 50)))
  const common = quantile(sorted, n - few)
  const isFarOut = most - least > 2 * (common - least) && common > least
  const upper = isFarOut ? common : most
  const width = niceWidth((upper - least) / (MOST_BARS - 2), unit)
  const start = Math.floor(least / width) * width
  const length = Math.floor((upper - start) / width) + 1
  const edges = Array.from({ length }, (_, index) => start + index * width)
  const closed = fill(sorted, edges, width)
  const rest = sorted.reduce((sum, [value, count]) => sum + (value >= start + length * width ? count : 0), 0)
  if (rest === 0) return closed
  const last = closed.at(-1)!
  return [
    ...closed.slice(0, -1),
    { ...last, count: last.count - rest },
    { from: last.to, to: Infinity, count: rest },
  ]
}

/** Counts values beyond the last edge in the last bar, and those before the first edge in the first bar. */
function fill(sorted: Sorted, edges: readonly number[], width: number): Bar[] {
  const counts = edges.map(() => 0)
  for (const [value, count] of sorted) {
    const index = Math.floor((value - edges[0]!) / width + 1e-9)
    counts[Math.max(0, Math.min(edges.length - 1, index))]! += count
  }
  return edges.map((from, index) => ({ from, to: from + width, count: counts[index]! }))
}

/** Returns 1, 2 or 5 times a power of ten, at least `least` and `unit`. */
export function niceWidth(least: number, unit: number): number {
  const wanted = Math.max(least, unit)
  const power = 10 ** Math.floor(Math.log10(wanted) + 1e-9)
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= wanted - 1e-9)!
}
