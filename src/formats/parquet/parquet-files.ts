/** Chooses which Parquet files of a folder or repository are read. */

export interface ParquetChoice {
  readonly paths: readonly string[]
  /** What the choice covers, for the plan's summary: `the train split`. Null when all files are taken. */
  readonly note: string | null
}

/** `datasets` finds split names in the same way: as a whole word between separators. */
const TRAIN = /(^|[-._ /\d])train(ing)?($|[-._ /\d])/i

/** The Hub names files that it converted `<configuration>/<split>/0000.parquet`. */
const CONVERTED = /^[^/]+\/[^/]+\/\d{4,}\.parquet$/

/**
 * Returns the files of the training split if file names tell splits apart, else all files, sorted by name. Of files that the
 * Hub converted, only one configuration is taken, because configurations hold the same rows in different forms.
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

/** Returns the configuration to read; null unless there are several. */
function findConfiguration(paths: readonly string[]): string | null {
  if (!paths.every((path) => CONVERTED.test(path))) return null
  const names = new Set(paths.map((path) => path.split('/')[0]!))
  if (names.size < 2) return null
  return names.has('default') ? 'default' : [...names].sort(byCodeUnit)[0]!
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
