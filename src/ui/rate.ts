/** How fast something goes, robust against single slow pieces of work. */
import { median } from '../median.ts'

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
