/** What planning needs to know of pictures in Parquet files: their footers tell. */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkColumns } from '../formats/parquet/parquet-columns.ts'
import type { WantedColumns } from '../formats/parquet/wanted-columns.ts'
import { withReason } from '../errors.ts'
import type { SourceFact } from '../types.ts'
import { mapInOrder } from '../tools/concurrent.ts'
import { openHubClient } from '../tools/hub/hub-client.ts'
import { findHubDataset } from '../tools/hub/hub-dataset.ts'
import { findHubContact } from '../tools/hub/hub-contact.ts'
import { readHubSettings } from '../tools/hub/hub-settings.ts'
import { listColumns } from '../tools/parquet/footer.ts'
import { readMetadata, type ParquetFile } from '../tools/parquet/parquet-file.ts'
import { readNamedVersions, type NamedOptions } from './named-pictures.ts'
import { findParquetFiles } from './parquet-folder.ts'

interface ParquetOptions {
  readonly workingDirectory: string
  /** Absolute. */
  readonly exclude: readonly string[]
  readonly wanted: WantedColumns
}

/** Problems are the preflight's: nothing has started. */
export async function observeParquet(
  given: string,
  { workingDirectory, exclude, wanted }: ParquetOptions,
): Promise<SourceFact> {
  const place = resolve(workingDirectory, given)
  const fact = { kind: 'parquet', given, revision: null } as const
  if ((await stat(place).catch(() => null)) === null)
    return { ...fact, exists: false, pictures: 0, folders: 0, bytes: 0, digest: '', others: {} }
  const { files, note, others, locateNamed } = await findParquetFiles(
    place,
    exclude,
    new AbortController().signal,
  )
  return asPreflight(async () => {
    const described = await describeFiles(files, { wanted, locate: locateNamed })
    return { ...fact, ...described, tables: { files: files.length, note }, others }
  })
}

interface HubOptions {
  readonly wanted: WantedColumns
  readonly cache: string
  /** Ask nothing of the Hub. */
  readonly offline: boolean
}

export async function observeHub(given: string, { wanted, cache, offline }: HubOptions): Promise<SourceFact> {
  const settings = readHubSettings({ offline })
  const client = openHubClient(settings, new AbortController().signal)
  return asPreflight(async () => {
    const found = await findHubDataset(client, { name: given, revision: null, cache })
    const { commit, files, note } = found
    const described = await describeFiles(files, { wanted, locate: null })
    const tables = { files: files.length, note }
    const contact = (await found.isHere()) ? {} : { contact: await findHubContact() }
    return { kind: 'hub', given, revision: commit, ...contact, ...described, tables, others: {} }
  })
}

/** Footers that are asked for at once. */
const CONCURRENT = 8

async function describeFiles(
  files: readonly ParquetFile[],
  { wanted, locate }: NamedOptions,
): Promise<Omit<SourceFact, 'kind' | 'given' | 'revision' | 'others'>> {
  const hash = createHash('sha256')
  let pictures = 0
  for await (const { file, metadata } of mapInOrder(files, CONCURRENT, async (file) => ({
    file,
    metadata: await readMetadata(file),
  }))) {
    checkColumns(listColumns(metadata), wanted, { place: file.path, hasFiles: locate !== null })
    pictures += Number(metadata.num_rows)
    // Of what is read: a commit that changes other files changes nothing.
    hash.update(JSON.stringify([file.path, file.sizeBytes, file.version]))
    for (const versions of await readNamedVersions(file, metadata, { wanted, locate }))
      hash.update(JSON.stringify(versions))
  }
  return {
    exists: true,
    pictures,
    folders: new Set(files.map(({ path }) => path.replace(/[^/]*$/, ''))).size,
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    digest: hash.digest('hex'),
  }
}

async function asPreflight<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withReason(error, 'preflight')
  }
}
