import { mapStrings } from '../map-strings.ts'
import type { Placeholders, Plan } from '../types.ts'

const PLACEHOLDER = /\{(run|port|cache|dataset)\}/

/** The first placeholder in a text: `{run}`; null: none. */
export function findPlaceholder(text: string): string | null {
  return PLACEHOLDER.exec(text)?.[0] ?? null
}

/** A copy with `{run}`, `{port}`, `{cache}` and `{dataset}` filled in as far as given, in every string. */
export function fillPlaceholders<T>(value: T, values: Partial<Placeholders>): T {
  const all = new RegExp(PLACEHOLDER, 'g')
  return mapStrings(value, (text) =>
    text.replace(all, (whole, name: keyof Placeholders) => values[name] ?? whole),
  )
}

/** The plan with the dataset's fingerprint. The config and the checks keep a person's own texts, which may have `{dataset}`. */
export function fillFingerprint(plan: Plan, dataset: string): Plan {
  const { paths, stages } = fillPlaceholders({ paths: plan.paths, stages: plan.stages }, { dataset })
  return { ...plan, paths, stages }
}
