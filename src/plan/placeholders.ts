import { mapStrings } from '../map-strings.ts'

/** What only the start of a run knows (run folder, a free port, the user's cache), and the dataset's fingerprint. */
export interface Placeholders {
  readonly run: string
  readonly port: string
  readonly cache: string
  readonly dataset: string
}

/** A copy with `{run}`, `{port}`, `{cache}` and `{dataset}` filled in as far as given, in every string. */
export function fillPlaceholders<T>(value: T, values: Partial<Placeholders>): T {
  return mapStrings(value, (text) =>
    text.replace(/\{(run|port|cache|dataset)\}/g, (whole, name: keyof Placeholders) => values[name] ?? whole),
  )
}
