/** `controlnet-kit models`: what can be fetched, what is there, and fetching it. */
import { stoppedBy, UserError, withReason } from '../../errors.ts'
import type { CachedModel, FetchProgress } from '../../tools/models/model-source.ts'
import type { CatalogModel } from '../../types.ts'
import { MODEL_CATALOG } from './model-catalog.ts'

export type { CachedModel, CatalogModel }

export interface ModelEntry {
  readonly model: CatalogModel
  readonly cached: CachedModel | null
}

export async function listModels(): Promise<ModelEntry[]> {
  return Promise.all(
    MODEL_CATALOG.map(async ({ model, open }) => ({ model, cached: await (await open()).find(model) })),
  )
}

export interface FetchModelOptions {
  readonly name: string
  /** Asks the person; only called when there is something to agree to. False: nothing is fetched. */
  readonly agree: (model: CatalogModel) => Promise<boolean>
  readonly signal: AbortSignal
  readonly report: (progress: FetchProgress) => void
}

export interface FetchedModel {
  readonly model: CatalogModel
  readonly status: 'fetched' | 'present' | 'declined'
  readonly cached: CachedModel | null
}

export async function fetchModel({ name, agree, ...context }: FetchModelOptions): Promise<FetchedModel> {
  const { model, open } = MODEL_CATALOG.find((entry) => entry.model.name === name) ?? refuseName(name)
  const source = await open()
  const there = await source.find(model)
  if (there !== null) return { model, status: 'present', cached: there }
  if (model.terms !== null && !(await agree(model))) return { model, status: 'declined', cached: null }
  const cached = await source.fetch(model, context).catch((error: unknown) => {
    // The same command goes on after a stop. Network, disk and Python problems count as those of an environment.
    throw context.signal.aborted ? stoppedBy(context.signal, true) : withReason(error, 'environment')
  })
  return { model, status: 'fetched', cached }
}

/** The same as a document for programs. */
export function describeModel({ model, cached }: ModelEntry) {
  const { name, title, licence, terms, downloadBytes } = model
  return {
    ...{ name, title, licence, terms, download_bytes: downloadBytes, cached: cached !== null },
    folder: cached?.folder ?? null,
    size_bytes: cached?.sizeBytes ?? null,
    sha256: cached?.sha256 ?? null,
    config_line: cached?.configLine ?? null,
  }
}

function refuseName(name: string): never {
  throw new UserError(`There is no model called ${name}.`, {
    reason: 'usage',
    code: 'model-unknown',
    hint: `There are: ${MODEL_CATALOG.map(({ model }) => model.name).join(', ')}`,
  })
}
