/** How fast something goes and whether a noisy series falls, robust against single slow steps. */

export interface Sample {
  readonly timeMs: number
  readonly done: number
}

const KEPT = 21
const SPACING_MS = 250

/** Adds a sample; ones that come quickly after each other are merged. Going backwards starts anew. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last === undefined || sample.done < last.done) return [sample]
  const previous = samples.at(-2)
  const merge = previous !== undefined && last.timeMs - previous.timeMs < SPACING_MS
  return [...(merge ? samples.slice(0, -1) : samples), sample].slice(-KEPT)
}

/** Median over the kept intervals, so that a preview or a checkpoint between two steps does not count. */
export function secondsPerUnit(samples: readonly Sample[]): number | null {
  const intervals = samples.slice(1).flatMap((sample, index) => {
    const before = samples[index] as Sample
    const units = sample.done - before.done
    return units > 0 && sample.timeMs > before.timeMs ? [(sample.timeMs - before.timeMs) / units / 1000] : []
  })
  return median(intervals)
}

/** Counts down between two samples, but never by more than one unit. */
export function secondsLeft(samples: readonly Sample[], total: number, nowMs: number): number | null {
  const perUnit = secondsPerUnit(samples)
  const last = samples.at(-1)
  if (perUnit === null || last === undefined) return null
  const sinceLast = Math.max(0, nowMs - last.timeMs) / 1000
  return Math.max(0, (total - last.done) * perUnit - Math.min(sinceLast, perUnit))
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] as number
  const high = sorted[Math.floor(middle)] as number
  return (low + high) / 2
}

/** How many losses `lossMean` and `lossTrend` look at. */
export const LOSSES_KEPT = 40
const HALF = LOSSES_KEPT / 2
const FEWEST = 6
const STEADY = 0.02

/** The losses of single steps jump about by their random time steps; their mean tells something. */
export function lossMean(losses: readonly number[]): number | null {
  return mean(losses.slice(-HALF))
}

/** The newer half of the kept losses against the older one. Empty while there are too few. */
export function lossTrend(losses: readonly number[]): '↘' | '→' | '↗' | '' {
  if (losses.length < FEWEST) return ''
  const half = Math.min(HALF, Math.floor(losses.length / 2))
  const newer = mean(losses.slice(-half)) ?? 0
  const older = mean(losses.slice(-2 * half, -half)) ?? 0
  if (!Number.isFinite(newer) || !Number.isFinite(older) || older === 0) return ''
  const change = (newer - older) / Math.abs(older)
  if (Math.abs(change) < STEADY) return '→'
  return change < 0 ? '↘' : '↗'
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
