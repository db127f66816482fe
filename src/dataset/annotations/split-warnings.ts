/** Warnings about the train and validation rows of a dataset. */
import { countHeldOut, mostHeldOut, type WantedCount } from './held-out-count.ts'
import { formatCount } from '../../words.ts'

interface SplitFacts {
  /** Rows for training and validation together. */
  readonly rows: number
  readonly held: number
  /** Rows whose crop had fewer pixels than the resolution. */
  readonly enlarged: number
}

interface Wanted {
  readonly resolution: number
  readonly validation: { readonly count: WantedCount }
}

interface SplitWarning {
  readonly code: 'few-validation-rows' | 'many-validation-rows' | 'enlarged'
  readonly message: string
}

/** A warning appears when more than one of this many rows is held out. */
const FEWEST_ROWS_FOR_EACH_HELD_OUT = 3

export function findSplitWarnings(facts: SplitFacts, { resolution, validation }: Wanted): SplitWarning[] {
  const { rows, enlarged } = facts
  const found = findHeldOutWarnings(facts, validation.count)
  if (enlarged > 0) {
    const message = `Enlarged: ${formatCount(enlarged)} of ${formatCount(rows)} pictures, as their crops are smaller than ${resolution} px.`
    found.push({ code: 'enlarged', message })
  }
  return found
}

function findHeldOutWarnings({ rows, held }: SplitFacts, wanted: WantedCount): SplitWarning[] {
  const few = explainFewHeldOut({ rows, held }, wanted)
  const found: SplitWarning[] = few === null ? [] : [{ code: 'few-validation-rows', message: few }]
  if (wanted === 'auto' || wanted > mostHeldOut(rows)) return found
  if (held * FEWEST_ROWS_FOR_EACH_HELD_OUT <= rows) return found
  const message =
    `Held out, so not trained on: ${formatCount(held)} of ${formatCount(rows)} rows. ` +
    `Add pictures, or lower dataset.validation.count (now ${formatCount(wanted)}).`
  return [...found, { code: 'many-validation-rows', message }]
}

/** Returns why fewer rows are held out than requested; null when enough are held out. */
export function explainFewHeldOut(
  { rows, held }: { readonly rows: number; readonly held: number },
  wanted: WantedCount,
): string | null {
  const asked = wanted === 'auto' ? countHeldOut(wanted, rows) : wanted
  if (held >= asked) return null
  const counts = `Held out: ${formatCount(held)} of the ${formatCount(asked)} rows asked for`
  if (asked > mostHeldOut(rows)) {
    return `${counts}, as at least half of the ${formatCount(rows)} are trained on. Add pictures, or lower dataset.validation.count.`
  }
  return `${counts}: rows of one picture, and pictures that repeat each other, stay together.`
}
