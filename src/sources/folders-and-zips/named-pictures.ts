/** Handles table rows that only name a picture file beside the table. A change of such a file is a change of the source. */
import { stat } from 'node:fs/promises'
import type { FileMetaData } from 'hyparquet'
import { UserError } from '../../errors.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { listColumns, measureColumn, type ParquetColumn } from '../../tools/parquet/footer.ts'
import { isStop, type ParquetFile } from '../../tools/parquet/parquet-file.ts'
import { readFileNames } from '../../tools/parquet/read-texts.ts'
import type { Located } from '../../tools/files/located.ts'

/** Finds the file that a row of a Parquet file names. Throws PictureError when it does not exist. */
export type LocateNamed = (parquetFile: string, path: string) => Promise<Located>

/**
 * Bytes per row. A column with more holds pictures, so names are not searched in it, because reading all of it is expensive.
 */
const LEAST_PICTURE_BYTES = 40

export interface NamedOptions {
  readonly wanted: WantedColumns
  /** Null when no files can be named, as in remote datasets. */
  readonly locate: LocateNamed | null
}

/**
 * Returns one list for each wanted column that holds file names. It has a text for each row that changes with the named file;
 * '' when the row names none.
 */
export async function readNamedVersions(
  file: ParquetFile,
  metadata: FileMetaData,
  { wanted, locate }: NamedOptions,
): Promise<readonly (readonly string[])[]> {
  if (locate === null) return []
  const lists: (readonly string[])[] = []
  for (const name of listPictureColumns(wanted)) {
    const column = listColumns(metadata).find((each) => each.name === name)
    if (column !== undefined && holdsNames(column, metadata))
      lists.push(await readVersions(file, metadata, { name, locate, isText: column.kind === 'text' }))
  }
  return lists
}

export function listPictureColumns({ image, conditioning }: WantedColumns): string[] {
  return conditioning === null ? [image] : [image, conditioning]
}

function holdsNames({ bytes, path }: ParquetColumn, metadata: FileMetaData): boolean {
  if (path === null) return false
  return bytes === null || measureColumn(metadata, bytes) <= LEAST_PICTURE_BYTES * Number(metadata.num_rows)
}

interface NamedColumn {
  readonly name: string
  readonly locate: LocateNamed
  /** True when the column holds only texts. If none of them names a file, it is the wrong column. */
  readonly isText: boolean
}

/** Ignores damaged data; it is reported when the rows are read. */
async function readVersions(
  file: ParquetFile,
  metadata: FileMetaData,
  { name, locate, isText }: NamedColumn,
): Promise<readonly string[]> {
  const reader = await file.open()
  const versions: string[] = []
  let first: string | null = null
  try {
    for await (const path of readFileNames(reader, metadata, name)) {
      first ??= path
      versions.push(path === null ? '' : await readVersion(locate(file.path, path)))
    }
  } catch (error) {
    if (isStop(error)) throw error
  } finally {
    await reader.close()
  }
  if (isText && first !== null && versions.every((version) => version === ''))
    throw noFiles(file, name, first)
  return versions
}

function noFiles({ path }: ParquetFile, column: string, first: string): UserError {
  const shown = JSON.stringify(first.length > 60 ? `${first.slice(0, 60)}…` : first)
  return new UserError(
    `The column ${column} of ${path} holds texts, and none of them names a file that is there; the first: ${shown}.`,
    {
      code: 'column-missing',
      hint: 'Name the column with the pictures in dataset.columns, or put the files beside the Parquet file.',
    },
  )
}

async function readVersion(found: Promise<Located>): Promise<string> {
  try {
    const located = await found
    if (located.kind !== 'file') return ''
    const { size, mtimeMs } = await stat(located.file)
    return `${size}@${mtimeMs}`
  } catch {
    return ''
  }
}
