/** Finds the commit and the Parquet files of a dataset on the Hub. */
import { join } from 'node:path'
import { stat, readFile } from 'node:fs/promises'
import { isCommit, parseHubName, type HubName } from './hub-name.ts'
import { chooseParquetFiles } from '../../formats/parquet/parquet-files.ts'
import { UserError } from '../../errors.ts'
import { openFileReader, type ByteReader } from '../parquet/byte-reader.ts'
import { readFooter } from '../parquet/footer.ts'
import type { ParquetFile } from '../parquet/parquet-file.ts'
import { openHubCache, type HubCache, type HubFile } from './hub-cache.ts'
import type { HubClient } from './hub-client.ts'
import { offlineError } from './hub-error.ts'
import { openHubFile } from './hub-file.ts'

export interface HubDataset {
  readonly commit: string
  readonly files: readonly ParquetFile[]
  /** Which files were chosen, in words; null when all were. */
  readonly note: string | null
  /** Returns true when the Hub client's own cache holds all files, so that the network is not needed. */
  isHere(): Promise<boolean>
}

/** Branch on which the Hub stores its Parquet conversions of datasets in other formats. */
const CONVERTED = 'refs/convert/parquet'

interface Context {
  readonly client: HubClient
  readonly cache: HubCache
  readonly id: string
}

/** `revision` is a commit found earlier, or null to look up the commit that the name points to now. */
export async function findHubDataset(
  client: HubClient,
  { name: text, revision, cache: folder }: { name: string; revision: string | null; cache: string },
): Promise<HubDataset> {
  const name = parseHubName(text)
  const cache = openHubCache(folder, client.settings.endpoint, name.id)
  const context = { client, cache, id: name.id }
  const commit = revision ?? (await findCommit(name.revision, context))
  const found = choose(await listFiles(commit, context), commit, context)
  return found ?? findConverted(name, commit, context)
}

function choose(files: readonly HubFile[], commit: string, context: Context): HubDataset | null {
  const { paths, note } = chooseParquetFiles(files.map(({ path }) => path))
  if (paths.length === 0) return null
  const byPath = new Map(files.map((file) => [file.path, file]))
  const chosen = paths.map((path) => byPath.get(path)!)
  return {
    ...{ commit, note },
    files: chosen.map((file) => describeFile(file, commit, context)),
    isHere: async () =>
      (await Promise.all(chosen.map((file) => findFetched(file, commit, context)))).every(Boolean),
  }
}

async function findConverted(
  { id, revision }: HubName,
  commit: string,
  context: Context,
): Promise<HubDataset> {
  const converted = await findCommit(CONVERTED, context).catch((error: unknown) => {
    if (error instanceof UserError && (error.code === 'hub-revision' || error.code === 'hub-missing'))
      return null
    throw error
  })
  const found = converted === null ? null : choose(await listFiles(converted, context), converted, context)
  if (found !== null) return found
  throw new UserError(`${id}@${revision} has no Parquet files (commit ${commit.slice(0, 8)}).`, {
    code: 'hub-no-parquet',
    hint: `Datasets in other formats are read when the Hub has converted them (branch ${CONVERTED}), and this one has no such branch. Fetch its pictures and name their folder: dataset.source: { folder: … }`,
  })
}

/** Returns the commit of a revision. If the Hub can't be reached, returns the commit it reported last. */
async function findCommit(revision: string, context: Context): Promise<string> {
  if (isCommit(revision)) return revision
  const { client, cache, id } = context
  if (client.settings.offline !== null) {
    const known = await readKnownCommit(revision, context)
    if (known === null)
      throw offlineError(
        `It is not known which commit ${id}@${revision} is`,
        `${id}@${revision}`,
        client.settings.offline,
      )
    return known
  }
  const url = `${client.settings.endpoint}/api/datasets/${id}/revision/${encodeURIComponent(revision)}`
  try {
    const { sha } = (await askJson<{ sha: string }>(url, revision, context)).value
    if (!isCommit(sha)) throw new Error(`${sha} is no commit`)
    await cache.writeCommit(revision, sha)
    return sha
  } catch (error) {
    const known = isUnreachable(error) ? await readKnownCommit(revision, context) : null
    if (known === null) throw error
    return known
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof UserError && (error.code?.startsWith('network-') ?? false)
}

/** Reads the commit from the kit's cache, else from the cache of the Hub's client. */
async function readKnownCommit(revision: string, { client, cache, id }: Context): Promise<string | null> {
  const known = await cache.readCommit(revision)
  if (known !== null) return known
  const file = join(repoFolder(client, id), 'refs', revision)
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}

function repoFolder({ settings }: HubClient, id: string): string {
  return join(settings.hubCache, `datasets--${id.replace('/', '--')}`)
}

interface TreeEntry {
  readonly type: string
  readonly path: string
  readonly size: number
  readonly oid: string
  readonly lfs?: { readonly oid: string; readonly size: number }
}

async function listFiles(commit: string, context: Context): Promise<readonly HubFile[]> {
  const { client, cache, id } = context
  const known = await cache.readFiles(commit)
  if (known !== null) return known
  const { offline } = client.settings
  if (offline !== null)
    throw offlineError(
      `The list of files of ${id} at ${commit.slice(0, 8)} is not on this machine`,
      `${id}@${commit}`,
      offline,
    )
  const files: HubFile[] = []
  let url: string | null =
    `${client.settings.endpoint}/api/datasets/${id}/tree/${commit}?recursive=true&expand=false`
  while (url !== null) {
    const page: { value: TreeEntry[]; next: string | null } = await askJson<TreeEntry[]>(url, commit, context)
    for (const { type, path, size, oid, lfs } of page.value) {
      if (type === 'file' && !path.split('/').includes('..'))
        files.push({ path, sizeBytes: lfs?.size ?? size, oid: lfs?.oid ?? oid })
    }
    url = page.next
  }
  await cache.writeFiles(commit, files)
  return files
}

/** `next` is the URL of the next page. */
async function askJson<T>(
  url: string,
  revision: string,
  { client, id }: Context,
): Promise<{ value: T; next: string | null }> {
  const { apiTimeoutMs: timeoutMs } = client.settings
  return client.ask(
    { url, about: { kind: 'dataset', id, revision, file: null }, timeoutMs },
    async ({ response }) => {
      const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1] ?? null
      return { value: (await response.json()) as T, next: next === null ? null : new URL(next, url).href }
    },
  )
}

function describeFile(file: HubFile, commit: string, { client, cache, id }: Context): ParquetFile {
  const { path, sizeBytes, oid } = file
  const open = async (): Promise<ByteReader> => {
    const fetched = await findFetched(file, commit, { client, id })
    return fetched === null
      ? openHubFile(client, { id, commit, path, sizeBytes })
      : openFileReader(fetched, client.signal)
  }
  const loadFooter = async (): Promise<Uint8Array> => {
    const reader = await open()
    try {
      return await readFooter(reader)
    } finally {
      await reader.close()
    }
  }
  return { path, sizeBytes, version: oid, open, readFooter: () => cache.footer(file, loadFooter) }
}

/** Returns the complete file in the cache of the Hub's client; null when it is not there. */
async function findFetched(
  { path, sizeBytes }: HubFile,
  commit: string,
  { client, id }: Pick<Context, 'client' | 'id'>,
): Promise<string | null> {
  const file = join(repoFolder(client, id), 'snapshots', commit, path)
  return (await stat(file).catch(() => null))?.size === sizeBytes ? file : null
}
