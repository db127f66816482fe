/** Reads the metadata files among pictures (`metadata.csv`, `metadata.jsonl`). */
import { basename, dirname } from 'node:path/posix'
import type { TableKind } from '../../formats/table/parse-table.ts'
import {
  checkColumns,
  isEmptyRow,
  planPictureRow,
  type PictureRow,
} from '../../formats/table/picture-rows.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { UserError } from '../../errors.ts'
import type { Table } from '../../tools/files/read-table.ts'

const METADATA: Readonly<Record<string, TableKind>> = { 'metadata.csv': 'csv', 'metadata.jsonl': 'jsonl' }

export interface MetadataFile {
  /** Path relative to the source's folder. */
  readonly path: string
  readonly kind: TableKind
}

/** Returns the metadata files among the paths, outer folders first. Throws a UserError when a folder has two. */
export function findMetadata(paths: readonly string[]): MetadataFile[] {
  const files = paths.flatMap((path) => {
    const kind = METADATA[basename(path)]
    return kind === undefined ? [] : [{ path, kind }]
  })
  const folders = files.map(({ path }) => dirname(path))
  const twice = folders.find((folder, index) => folders.indexOf(folder) !== index)
  if (twice === undefined) return files.sort((a, b) => depth(a.path) - depth(b.path))
  const place = twice === '.' ? 'one folder' : `${twice}/`
  throw new UserError(`There are metadata.csv and metadata.jsonl in ${place}; expected one of them.`, {
    reason: 'preflight',
    code: 'metadata-twice',
    hint: 'Remove the one that is out of date.',
  })
}

export type OpenMetadata = (file: MetadataFile) => Promise<Table>

/** Yields the rows of all files, outer files first. Throws a UserError for a wanted column that no row has. */
export async function* readMetadata(
  files: readonly MetadataFile[],
  open: OpenMetadata,
  wanted: WantedColumns,
): AsyncGenerator<PictureRow> {
  for (const file of files) {
    const base = dirname(file.path) === '.' ? '' : dirname(file.path)
    yield* readRows({ ...file, name: file.path, table: await open(file), base }, wanted)
  }
}

interface NamedTable {
  /** The table's name in messages. */
  readonly name: string
  readonly kind: TableKind
  readonly table: Table
  /** Folder that the paths in the table are relative to; itself relative to the source's folder. */
  readonly base: string
}

export async function* readRows(
  { name, kind, table: { columns, rows }, base }: NamedTable,
  wanted: WantedColumns,
): AsyncGenerator<PictureRow> {
  if (kind === 'csv') checkColumns(name, columns ?? [], wanted)
  const seen = new Set<string>()
  let [isEmpty, isReadable] = [true, false]
  for await (const row of rows) {
    if (kind === 'csv' && isEmptyRow(row)) continue
    isEmpty = false
    if (row.record !== null) isReadable = true
    if (kind === 'jsonl') for (const key of Object.keys(row.record ?? {})) seen.add(key)
    yield planPictureRow(row, wanted, base)
  }
  if (kind === 'jsonl' && (isEmpty || isReadable)) checkColumns(name, [...seen], wanted)
}

function depth(path: string): number {
  return path.split('/').length
}
