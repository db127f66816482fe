import type { ModelSource } from './model-source.ts'
import { spigaSource } from './spiga-source.ts'

/** By the name in the catalog. */
export const MODEL_SOURCES: Readonly<Record<string, ModelSource>> = { spiga: spigaSource }
