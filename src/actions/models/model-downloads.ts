import { FACE_SYNTHETICS_SETS } from '../../tools/models/face-synthetics-sets.ts'
import { faceSyntheticsSource } from './face-synthetics-download.ts'
import type { ModelSource } from './model-download.ts'
import { spigaSource } from './spiga-download.ts'

/** By the name in the catalog. */
export const MODEL_SOURCES: Readonly<Record<string, ModelSource>> = {
  spiga: spigaSource,
  ...Object.fromEntries(FACE_SYNTHETICS_SETS.map(({ name }) => [name, faceSyntheticsSource])),
}
