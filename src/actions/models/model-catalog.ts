/** All that `models` lists and fetches: what annotators need, and the sets of FaceSynthetics. */
import { ANNOTATORS, type AnnotatorSpec } from '../../annotators/index.ts'
import { FACE_SYNTHETICS_SETS } from '../../tools/models/face-synthetics-sets.ts'
import type { ModelSource } from '../../tools/models/model-source.ts'
import type { CatalogModel } from '../../types.ts'

interface CatalogEntry {
  readonly model: CatalogModel
  readonly open: () => Promise<ModelSource>
}

const openFaceSynthetics = async (): Promise<ModelSource> =>
  (await import('./face-synthetics-download.ts')).faceSyntheticsSource

export const MODEL_CATALOG: readonly CatalogEntry[] = [
  ...ANNOTATORS.flatMap(({ needs }: AnnotatorSpec) =>
    needs === null ? [] : [{ model: needs.model, open: needs.openModel }],
  ),
  ...FACE_SYNTHETICS_SETS.map((model) => ({ model, open: openFaceSynthetics })),
]
