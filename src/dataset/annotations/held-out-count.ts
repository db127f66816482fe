/** `dataset.validation.count`: a number of rows, or the kit's own choice. */
export type WantedCount = 'auto' | number

/** As many are enough for previews and for seeing what the model learned; the rest is better trained on. */
const MOST_BY_ITSELF = 16
const ONE_IN = 10

/**
 * Returns how many of `rows` to hold out, never more than half of them. `auto`: a tenth, at least 1 and at most 16; of a single
 * row, none.
 */
export function countHeldOut(wanted: WantedCount, rows: number): number {
  const tenth = Math.max(1, Math.floor(rows / ONE_IN))
  return Math.min(mostHeldOut(rows), wanted === 'auto' ? Math.min(MOST_BY_ITSELF, tenth) : wanted)
}

/** With more than this held out, less is trained on than looked at. */
export function mostHeldOut(rows: number): number {
  return Math.floor(rows / 2)
}
