/** Lists the pictures of a folder or an archive, with the values from its metadata files. */
import { NameIndex } from '../../formats/text/composed-name.ts'
import { countExtensions } from '../../formats/pictures/picture-names.ts'
import { suggestVariable } from '../../formats/text/nearest-name.ts'
import type { PictureRow } from '../../formats/table/picture-rows.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { UserError } from '../../errors.ts'
import { findMetadata, readMetadata, type MetadataFile, type OpenMetadata } from './folder-metadata.ts'
import { joinRows, plainEntry, type ListedFile } from './join-rows.ts'
import type { SourceEntry, SourceListing } from '../picture-source.ts'

/** Content of a folder or an archive, and functions to read more of it. */
export interface SourceFiles {
  /** The folder's or archive's name in messages. */
  readonly place: string
  /** Sorted by path. */
  readonly pictures: readonly ListedFile[]
  /** Paths of files that may be metadata. */
  readonly texts: readonly string[]
  /** Extension → number of files that are not pictures. */
  readonly others: Readonly<Record<string, number>>
  /** Paths of pictures in formats that the kit can't read. */
  readonly unread: readonly string[]
  /** Returns any file by its path; null when it does not exist. */
  find(path: string): Promise<ListedFile | null>
  readonly open: OpenMetadata
}

/** `wanted` null: metadata files are not read. */
export async function listFiles(files: SourceFiles, wanted: WantedColumns | null): Promise<SourceListing> {
  const entries = wanted === null ? files.pictures.map(plainEntry) : await listWanted(files, wanted)
  const folders = new Set(entries.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1))).size
  return {
    entries,
    folders,
    others: files.others,
    unread: countExtensions(leaveOutRows(files.unread, entries)),
  }
}

/** Removes pictures that a row names: the row's own entry already tells the reason. */
function leaveOutRows(unread: readonly string[], entries: readonly SourceEntry[]): readonly string[] {
  if (unread.length === 0) return unread
  const named = new Set(entries.flatMap(({ path, conditioning }) => [path, conditioning]))
  return unread.filter((path) => !named.has(path))
}

async function listWanted(files: SourceFiles, wanted: WantedColumns): Promise<SourceEntry[]> {
  const { pictures, texts, find, open } = files
  const needsConditioning = wanted.conditioning !== null
  const isNeeded = needsConditioning || wanted.values.length > 0
  const metadata = isNeeded ? findMetadata(texts) : guessMetadata(texts)
  if (metadata.length === 0 && isNeeded) await explainMissing(files, wanted)
  const rows = readMetadata(metadata, open, wanted)
  return isNeeded ? joinRows(rows, { pictures, needsConditioning, find }) : leaveOutNamed(pictures, rows)
}

/** Finds metadata files that are not required; then nothing in them is an error. */
function guessMetadata(texts: readonly string[]): MetadataFile[] {
  try {
    return findMetadata(texts)
  } catch {
    return []
  }
}

/**
 * Removes pictures that metadata names in another column than the picture's own, such as conditioning images: they belong to a
 * picture.
 */
async function leaveOutNamed(
  pictures: readonly ListedFile[],
  rows: AsyncIterable<PictureRow>,
): Promise<SourceEntry[]> {
  const [images, others] = [new Set<string>(), new Set<string>()]
  const names = new NameIndex(pictures.map(({ path }) => path))
  try {
    for await (const row of rows) {
      if (row.image !== null) images.add(names.find(row.image) ?? row.image)
      for (const path of row.others) others.add(names.find(path) ?? path)
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
  return pictures.filter(({ path }) => images.has(path) || !others.has(path)).map(plainEntry)
}

async function explainMissing({ place, find }: SourceFiles, wanted: WantedColumns): Promise<never> {
  const isParquet = (await find('metadata.parquet')) !== null
  const found = isParquet ? 'metadata.parquet, which is not supported' : 'neither'
  const message = `Expected metadata.csv or metadata.jsonl with ${describe(wanted)} in ${place}, found ${found}.`
  const hint = isParquet
    ? 'Save it as metadata.jsonl. A folder of Parquet files with the pictures in them is dataset.source.parquet.'
    : 'Write one there: its column file_name has the paths of the pictures.'
  const [text] = wanted.values
  const meant = wanted.isTemplate === true && text !== undefined ? suggestVariable(text, []) : null
  throw new UserError(message, {
    reason: 'preflight',
    code: 'metadata-missing',
    hint: meant === null ? hint : `Did you mean ${meant}? Any other variable is a column of such a file.`,
  })
}

function describe({ conditioning, values: [text], isTemplate = false }: WantedColumns): string {
  if (conditioning !== null) return 'conditioning images'
  const column = `the column ${JSON.stringify(text)}`
  return isTemplate ? `${column}, which the caption template names,` : column
}
