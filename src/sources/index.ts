/**
 * The list of source kinds. To add one, add a folder beside this file and a line in SOURCES (see CONTRIBUTING.md). Pure: no
 * code with effects is loaded.
 */
import { faceSynthetics } from './face-synthetics/spec.ts'
import { folder } from './folder/spec.ts'
import { generated } from './generated/spec.ts'
import { hub } from './hub/spec.ts'
import { pairs } from './pairs/spec.ts'
import { parquet } from './parquet/spec.ts'
import type { Given, SourceSpec } from './source-spec.ts'

export type { SourceSpec } from './source-spec.ts'

export const SOURCES = [
  folder,
  faceSynthetics,
  generated,
  hub,
  parquet,
  pairs,
] as const satisfies readonly SourceSpec[]

type AnySource = (typeof SOURCES)[number]

export type SourceKind = AnySource['kind']

/** Type of `dataset.source` in the config: exactly one kind as key, with its value. */
export type SourceConfig = {
  [Source in AnySource as Source['kind']]: { [Kind in Source['kind']]: Given[Source['takes']] }
}[SourceKind]

export const SOURCE_KINDS: readonly SourceKind[] = SOURCES.map(({ kind }) => kind)

export function sourceOf(kind: SourceKind): SourceSpec<SourceKind> {
  return SOURCES.find((spec) => spec.kind === kind)!
}

export interface ConfiguredSource {
  readonly spec: SourceSpec<SourceKind>
  /** Value in the config. */
  readonly given: Given[keyof Given]
}

export function configuredSource(source: SourceConfig): ConfiguredSource {
  const [kind, given] = Object.entries(source)[0] as [SourceKind, Given[keyof Given]]
  return { spec: sourceOf(kind), given }
}

/** Names of the kinds that have columns, as messages list them: `hub`, `a folder with metadata`. */
export const WITH_COLUMNS: readonly string[] = SOURCES.flatMap(({ columns }: SourceSpec) =>
  columns === null ? [] : [columns.words],
)

export const WITH_CAPTION_FILES: readonly SourceKind[] = SOURCES.flatMap(({ kind, beside }) =>
  (beside as readonly string[]).includes('captions') ? [kind] : [],
)
