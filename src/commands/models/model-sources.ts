import { FACE_SYNTHETICS_SETS } from '../../dataset/sources/face-synthetics-sets.ts'
import { faceSyntheticsSource } from './face-synthetics-source.ts'
import type { ModelSource } from './model-source.ts'
import { spigaSource } from './spiga-source.ts'

/** By the name in the catalog. */
export const MODEL_SOURCES: Readonly<Record<string, ModelSource>> = {
  spiga: spigaSource,
  ...Object.fromEntries(FACE_SYNTHETICS_SETS.map(({ name }) => [name, faceSyntheticsSource])),
}
