/** How one kind of catalog entry is fetched and looked for. Each has its own file; `model-sources.ts` lists them. */
import type { CatalogModel } from '../../tools/models/catalog-model.ts'

export interface CachedModel {
  /** Where it lies. */
  readonly folder: string
  readonly sizeBytes: number
  /** Of what is used. */
  readonly sha256: string
  /** The line of the config that uses it. */
  readonly configLine?: string
}

export interface FetchContext {
  readonly signal: AbortSignal
  readonly report: (progress: FetchProgress) => void
}

export interface FetchProgress {
  /** What is being done: `fetching spiga_300wpublic.pt`. */
  readonly step: string
  readonly done: number
  /** Null while it is not known. */
  readonly total: number | null
  readonly unit: 'bytes' | 'packages' | 'steps'
}

export interface ModelSource {
  /** What is in the cache, whole; else null. */
  find(model: CatalogModel): Promise<CachedModel | null>
  /** Fetches it, going on where an earlier try stopped. Only called when it is not in the cache. */
  fetch(model: CatalogModel, context: FetchContext): Promise<CachedModel>
}
