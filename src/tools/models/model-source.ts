/** The interface for finding and fetching catalog entries of one kind. `actions/models/model-catalog.ts` lists them. */
import type { CatalogModel } from '../../types.ts'

export interface CachedModel {
  /** Folder in the cache. */
  readonly folder: string
  readonly sizeBytes: number
  /** sha256 of the file that is used. */
  readonly sha256: string
  /** Line for the config that uses the model. */
  readonly configLine?: string
}

export interface FetchContext {
  readonly signal: AbortSignal
  readonly report: (progress: FetchProgress) => void
}

export interface FetchProgress {
  /** What is being done, in words: `fetching spiga_300wpublic.pt`. */
  readonly step: string
  readonly done: number
  /** Null as long as it is not known. */
  readonly total: number | null
  readonly unit: 'bytes' | 'packages' | 'steps'
}

export interface ModelSource {
  /** Returns the model in the cache if it is complete; else null. */
  find(model: CatalogModel): Promise<CachedModel | null>
  /** Fetches the model, and continues an interrupted download. Only called when it is not in the cache. */
  fetch(model: CatalogModel, context: FetchContext): Promise<CachedModel>
}
