/** The pictures of a folder, with what its metadata files say of them. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PictureRow } from '../../dataset/table/picture-rows.ts'
import type { WantedColumns } from '../../dataset/wanted-columns.ts'
import { UserError } from '../../errors.ts'
import { mapInOrder } from '../concurrent.ts'
import { findPictureFiles, type FoundFile, type FoundFiles } from '../picture-files.ts'
import { findMetadata, findParquetMetadata, readMetadata, type MetadataFile } from './folder-metadata.ts'
import type { SourceEntry, SourceListing } from './picture-source.ts'

export interface ListFolderOptions {
  readonly folder: string
  readonly exclude: readonly string[]
  /** Pictures that are not wanted as such, by name. */
  readonly skip?: ((name: string) => boolean) | undefined
  /** Null: metadata is not looked at. */
  readonly wanted: WantedColumns | null
}

export interface FolderListing extends SourceListing {
  /** Files whose changes change the listing, or what is read with it. */
  readonly texts: readonly FoundFile[]
}

export async function listFolder({
  folder,
  exclude,
  skip,
  wanted,
}: ListFolderOptions): Promise<FolderListing> {
  const found = await findPictureFiles(folder, { exclude, skip })
  const { texts, others } = found
  if (wanted === null) return { ...found, entries: found.pictures.map(plainEntry) }
  const needed = wanted.conditioning !== null || wanted.values.length > 0
  const metadata = needed ? findMetadata(texts.map(({ path }) => path)) : guessMetadata(texts)
  if (metadata.length === 0 && needed) await explainMissing(folder, wanted)
  const rows = readMetadata(folder, metadata, wanted)
  const entries = needed
    ? await joinRows(folder, found, rows, wanted.conditioning !== null)
    : await leaveOutNamed(found.pictures, rows)
  const folders = new Set(entries.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1))).size
  return { entries, folders, others, texts }
}

/** Where nothing is wanted of the metadata, nothing in it is a mistake. */
function guessMetadata(texts: readonly FoundFile[]): MetadataFile[] {
  try {
    return findMetadata(texts.map(({ path }) => path))
  } catch {
    return []
  }
}

/** Pictures that metadata names in other columns than the picture's own belong to a picture, and are none themselves. */
async function leaveOutNamed(
  pictures: readonly FoundFile[],
  rows: AsyncIterable<PictureRow>,
): Promise<SourceEntry[]> {
  const [images, others] = [new Set<string>(), new Set<string>()]
  try {
    for await (const row of rows) {
      if (row.image !== null) images.add(row.image)
      for (const path of row.others) others.add(path)
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
  return pictures.filter(({ path }) => images.has(path) || !others.has(path)).map(plainEntry)
}

async function explainMissing(folder: string, { conditioning, values }: WantedColumns): Promise<never> {
  const isParquet = await findParquetMetadata(folder)
  const what = conditioning === null ? `the column ${JSON.stringify(values[0])}` : 'conditioning images'
  const found = isParquet ? 'metadata.parquet, which is not read here' : 'neither'
  throw new UserError(`Expected metadata.csv or metadata.jsonl with ${what} in ${folder}, found ${found}.`, {
    reason: 'preflight',
    code: 'metadata-missing',
    hint: isParquet
      ? 'Save it as metadata.jsonl. A folder of Parquet files with the pictures in them is dataset.source.parquet.'
      : 'Write one there: its column file_name has the paths of the pictures.',
  })
}

function plainEntry({ path, sizeBytes, mtimeMs, problem }: FoundFile): SourceEntry {
  const entry = { path, sizeBytes, version: String(mtimeMs), values: {}, conditioning: null }
  return problem === undefined ? entry : { ...entry, problem: { code: 'unreadable', message: problem } }
}

/**
 * One entry for each picture of the folder, and one for each row that can't be joined to a picture. The row of the innermost
 * file counts; of two rows in one file, the first.
 */
export async function joinRows(
  folder: string,
  { pictures }: Pick<FoundFiles, 'pictures'>,
  rows: AsyncIterable<PictureRow>,
  needsConditioning: boolean,
): Promise<SourceEntry[]> {
  const byPath = new Map<string, PictureRow>()
  const entries: SourceEntry[] = []
  const named = new Set<string>()
  for await (const row of rows) {
    for (const path of [row.conditioning, ...row.others]) if (path !== null) named.add(path)
    const known = row.image === null ? undefined : byPath.get(row.image)
    const problem =
      row.problem ?? (known && sameTable(known, row) ? `it names ${row.image} as ${known.place} does` : null)
    if (problem !== null || row.image === null) entries.push(badRow(row, problem ?? 'it names no picture'))
    else byPath.set(row.image, row)
  }
  const plain = new Map(pictures.map((file) => [file.path, file]))
  const paths = [...plain.keys()].filter((path) => byPath.has(path) || !named.has(path))
  const outside = [...byPath.keys()].filter((path) => !plain.has(path))
  const joined = mapInOrder([...paths, ...outside], 64, async (path) => {
    const file = plain.get(path) ?? (await measure(folder, path))
    return joinRow(folder, { path, file, row: byPath.get(path) }, needsConditioning)
  })
  for await (const entry of joined) entries.push(entry)
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function sameTable(a: PictureRow, b: PictureRow): boolean {
  const table = ({ place }: PictureRow): string => place.replace(/:\d+$/, '')
  return table(a) === table(b)
}

function badRow({ place }: PictureRow, message: string): SourceEntry {
  const problem = { code: 'bad-row', message } as const
  return { path: place, sizeBytes: 0, version: '', values: {}, conditioning: null, problem }
}

async function measure(folder: string, path: string): Promise<FoundFile | null> {
  const found = await stat(join(folder, path)).catch(() => null)
  return found && { path, sizeBytes: found.size, mtimeMs: found.mtimeMs }
}

interface Joined {
  readonly path: string
  readonly file: FoundFile | null
  readonly row: PictureRow | undefined
}

async function joinRow(
  folder: string,
  { path, file, row }: Joined,
  needsConditioning: boolean,
): Promise<SourceEntry> {
  if (file === null) {
    const problem = { code: 'unreadable', message: `${row!.place} names it, but it is not there` } as const
    return { path, sizeBytes: 0, version: '', values: {}, conditioning: null, problem }
  }
  const entry = { ...plainEntry(file), values: row?.values ?? {} }
  if (!needsConditioning || entry.problem) return entry
  return addConditioning(folder, entry, row)
}

async function addConditioning(
  folder: string,
  entry: SourceEntry,
  row: PictureRow | undefined,
): Promise<SourceEntry> {
  const reject = (message: string): SourceEntry => ({
    ...entry,
    problem: { code: 'conditioning-missing', message },
  })
  if (row === undefined) return reject('no row of the metadata names it')
  if (row.conditioning === null) return reject(`${row.place} names no conditioning image for it`)
  const file = await measure(folder, row.conditioning)
  if (file === null) return reject(`its conditioning image ${row.conditioning} (${row.place}) is not there`)
  return {
    ...entry,
    conditioning: row.conditioning,
    version: [entry.version, row.conditioning, file.sizeBytes, file.mtimeMs].join(' '),
  }
}
