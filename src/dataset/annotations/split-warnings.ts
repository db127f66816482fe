/** What is worth a word about the rows of a dataset. */
import { formatCount } from './rejects.ts'

interface SplitFacts {
  /** Trained on or held out. */
  readonly rows: number
  readonly held: number
  /** Rows whose crop had fewer pixels than they have. */
  readonly enlarged: number
}

interface Wanted {
  readonly resolution: number
  readonly validation: { readonly count: number }
}

interface SplitWarning {
  readonly code: 'few-validation-rows' | 'many-validation-rows' | 'enlarged'
  readonly message: string
}

/** More than one in so many held out is worth a word. */
const FEWEST_ROWS_FOR_EACH_HELD_OUT = 3

export function findSplitWarnings({ rows, held, enlarged }: SplitFacts, wanted: Wanted): SplitWarning[] {
  const { count } = wanted.validation
  const found: SplitWarning[] = []
  if (held < count) {
    const why =
      rows <= count
        ? `there are only ${formatCount(rows)}`
        : 'rows of one picture, and pictures that repeat each other, stay together'
    const message = `Held out: ${formatCount(held)} of the ${formatCount(count)} rows asked for: ${why}.`
    found.push({ code: 'few-validation-rows', message })
  }
  if (held * FEWEST_ROWS_FOR_EACH_HELD_OUT > rows) {
    const message =
      `Held out, so not trained on: ${formatCount(held)} of ${formatCount(rows)} rows. ` +
      `Add pictures, or lower dataset.validation.count (now ${formatCount(count)}).`
    found.push({ code: 'many-validation-rows', message })
  }
  if (enlarged > 0) {
    const message = `Enlarged: ${formatCount(enlarged)} of ${formatCount(rows)} pictures, as their crops are smaller than ${wanted.resolution} px.`
    found.push({ code: 'enlarged', message })
  }
  return found
}
