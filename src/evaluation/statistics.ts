/** From the errors of single faces or pictures to the figures of a report. */
import { createSeededRandom } from '../generated-faces/seeded-random.ts'

/** What stands in `evaluation.json` for the model, and for each thing that it is compared with. Errors are fractions. */
export interface Statistics {
  /** Over what was found; null where nothing was. So are the next three. */
  readonly mean: number | null
  readonly median: number | null
  /** Ends of the 95 % confidence interval of the mean. */
  readonly low: number | null
  readonly high: number | null
  /** Share of the faces that were found again, 0-1. */
  readonly detected: number
  /** The mean with what was not found counted as `UNDETECTED`, so that failing does not improve it. Only of landmark errors. */
  readonly penalised: number | null
  /** Share of all with an error under 0.08, 300W's usual limit for a failure. Only of landmark errors. */
  readonly under_008: number | null
}

/** What a face that is not found counts in `penalised`: about what two unrelated faces differ by. */
const UNDETECTED = 0.3
const FAILURE = 0.08

/** `null`: not found. */
export type MeasuredError = number | null

interface Options {
  readonly seed: number
  /** Whether these are landmark errors. */
  readonly ofLandmarks: boolean
}

export function summarise(errors: readonly MeasuredError[], { seed, ofLandmarks }: Options): Statistics {
  const found = errors.filter((error) => error !== null)
  const interval = bootstrapMean(found, seed)
  const all = Math.max(1, errors.length)
  return {
    mean: meanOf(found),
    median: quantile(found, 0.5),
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null,
    detected: found.length / all,
    penalised: ofLandmarks ? meanOf(errors.map((error) => error ?? UNDETECTED)) : null,
    under_008: ofLandmarks ? found.filter((error) => error < FAILURE).length / all : null,
  }
}

/** Null of nothing. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** By straight lines between the sorted values; null of nothing. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return below + (above - below) * (place - Math.floor(place))
}

const RESAMPLES = 2000

/**
 * 95 % confidence interval of the mean by the percentile bootstrap: the mean of as many values, drawn with replacement, again and
 * again. Null of nothing; of one value both ends are that value, which tells nothing of others.
 */
export function bootstrapMean(
  values: readonly number[],
  seed: number,
): readonly [low: number, high: number] | null {
  if (values.length === 0) return null
  const { pick } = createSeededRandom(seed, values.length)
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let draw = 0; draw < values.length; draw++) sum += pick(values)
    return sum / values.length
  })
  return [quantile(means, 0.025)!, quantile(means, 0.975)!]
}
