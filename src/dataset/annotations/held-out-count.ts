/** `dataset.validation.count`: a number of rows, or `auto`. */
export type WantedCount = 'auto' | number

/** This many are enough for previews and for evaluation; more rows are better used for training. */
const MOST_BY_ITSELF = 16
const ONE_IN = 10

/**
 * Returns how many of `rows` to hold out for validation, never more than half. `auto` takes a tenth, at least 1 and at most 16;
 * it takes none of a single row.
 */
export function countHeldOut(wanted: WantedCount, rows: number): number {
  const tenth = Math.max(1, Math.floor(rows / ONE_IN))
  return Math.min(mostHeldOut(rows), wanted === 'auto' ? Math.min(MOST_BY_ITSELF, tenth) : wanted)
}

/** Returns the most rows that may be held out, so that at least half are trained on. */
export function mostHeldOut(rows: number): number {
  return Math.floor(rows / 2)
}
