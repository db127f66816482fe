/** Which Parquet files of a folder or repository are meant. */

export interface ParquetChoice {
  readonly paths: readonly string[]
  /** What was left out, for the summary: `the train split`. Null when all files are taken. */
  readonly note: string | null
}

/** As `datasets` looks for split names: between the signs that separate words. */
const TRAIN = /(^|[-._ /\d])train(ing)?($|[-._ /\d])/i

/** The training split where names say so, else all. In the order in which they are read. */
export function chooseParquetFiles(paths: readonly string[]): ParquetChoice {
  const parquet = paths.filter((path) => path.toLowerCase().endsWith('.parquet')).sort(byCodeUnit)
  const train = parquet.filter((path) => TRAIN.test(path))
  if (train.length === 0 || train.length === parquet.length) return { paths: parquet, note: null }
  return { paths: train, note: 'the train split' }
}

/**
 * Of a branch that the Hub made (`<configuration>/<split>/0000.parquet`), one configuration: they show the same rows in
 * several ways.
 */
export function chooseConverted(paths: readonly string[]): ParquetChoice {
  const names = [...new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0]!))]
  const name = names.includes('default') ? 'default' : names.sort(byCodeUnit)[0]
  const { paths: chosen, note } = chooseParquetFiles(paths.filter((path) => path.startsWith(`${name}/`)))
  const notes = [note, names.length > 1 ? `configuration ${name}` : null].filter((each) => each !== null)
  return { paths: chosen, note: notes.length === 0 ? null : notes.join(', ') }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
