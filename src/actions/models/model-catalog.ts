/** All that `models` lists and fetches: what annotators need, and pictures of sources. */
import { ANNOTATORS, type AnnotatorSpec } from '../../annotators/index.ts'
import { SOURCES, type SourceSpec } from '../../sources/index.ts'
import type { ModelSource } from '../../tools/models/model-source.ts'
import type { CatalogModel } from '../../types.ts'

interface CatalogEntry {
  readonly model: CatalogModel
  readonly open: () => Promise<ModelSource>
}

export const MODEL_CATALOG: readonly CatalogEntry[] = [
  ...ANNOTATORS.flatMap(({ needs }: AnnotatorSpec) =>
    needs === null ? [] : [{ model: needs.model, open: needs.openModel }],
  ),
  ...SOURCES.flatMap(({ downloads }: SourceSpec) =>
    (downloads?.models ?? []).map((model) => ({ model, open: downloads!.open })),
  ),
]
