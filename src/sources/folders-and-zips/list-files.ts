/** The pictures of a folder or an archive, with what its metadata files say of them. */
import { NameIndex } from '../../formats/text/composed-name.ts'
import { countExtensions } from '../../formats/pictures/picture-names.ts'
import { suggestVariable } from '../../formats/text/nearest-name.ts'
import type { PictureRow } from '../../formats/table/picture-rows.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { UserError } from '../../errors.ts'
import { findMetadata, readMetadata, type MetadataFile, type OpenMetadata } from './folder-metadata.ts'
import { joinRows, plainEntry, type ListedFile } from './join-rows.ts'
import type { SourceEntry, SourceListing } from '../picture-source.ts'

/** What a folder or an archive holds, and how to look further into it. */
export interface SourceFiles {
  /** As the person knows it. */
  readonly place: string
  /** Ordered by path. */
  readonly pictures: readonly ListedFile[]
  /** Paths of the files among which metadata may be. */
  readonly texts: readonly string[]
  /** Files that are no pictures, counted by extension. */
  readonly others: Readonly<Record<string, number>>
  /** Paths of pictures of kinds that are not read. */
  readonly unread: readonly string[]
  /** Any file by its path, or null. */
  find(path: string): Promise<ListedFile | null>
  readonly open: OpenMetadata
}

/** `wanted` null: metadata is not looked at. */
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

/** What a row names is left out there, with its reason. */
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

/** Where nothing is wanted of the metadata, nothing in it is a mistake. */
function guessMetadata(texts: readonly string[]): MetadataFile[] {
  try {
    return findMetadata(texts)
  } catch {
    return []
  }
}

/** Pictures that metadata names in other columns than the picture's own belong to a picture, and are none themselves. */
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
  const found = isParquet ? 'metadata.parquet, which is not read here' : 'neither'
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
