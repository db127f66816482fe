/** Which Parquet files of a folder or repository are meant. */

export interface ParquetChoice {
  readonly paths: readonly string[]
  /** What was left out, for the summary: `the train split`. Null when all files are taken. */
  readonly note: string | null
}

/** As `datasets` looks for split names: between the signs that separate words. */
const TRAIN = /(^|[-._ /\d])train(ing)?($|[-._ /\d])/i

/** How the Hub names what it converted: `<configuration>/<split>/0000.parquet`. */
const CONVERTED = /^[^/]+\/[^/]+\/\d{4,}\.parquet$/

/**
 * The training split where names say so, else all; of what the Hub converted one configuration, as they show the same rows
 * in several ways. In the order in which they are read.
 */
export function chooseParquetFiles(paths: readonly string[]): ParquetChoice {
  const parquet = paths.filter((path) => path.toLowerCase().endsWith('.parquet')).sort(byCodeUnit)
  const configuration = findConfiguration(parquet)
  const ofOne = parquet.filter((path) => configuration === null || path.startsWith(`${configuration}/`))
  const train = ofOne.filter((path) => TRAIN.test(path))
  const chosen = train.length === 0 ? ofOne : train
  const notes = [
    ...(chosen.length < ofOne.length ? ['the train split'] : []),
    ...(configuration === null ? [] : [`configuration ${configuration}`]),
  ]
  return { paths: chosen, note: notes.length === 0 ? null : notes.join(', ') }
}

/** Null when there are not several. */
function findConfiguration(paths: readonly string[]): string | null {
  if (!paths.every((path) => CONVERTED.test(path))) return null
  const names = new Set(paths.map((path) => path.split('/')[0]!))
  if (names.size < 2) return null
  return names.has('default') ? 'default' : [...names].sort(byCodeUnit)[0]!
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
