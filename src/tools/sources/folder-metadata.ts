/** The metadata files in a folder of pictures (`metadata.csv`, `metadata.jsonl`) → what they say of each picture. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { basename, dirname } from 'node:path/posix'
import type { TableKind } from '../../dataset/table/parse-table.ts'
import { checkColumns, planPictureRow, type PictureRow } from '../../dataset/table/picture-rows.ts'
import type { WantedColumns } from '../../dataset/wanted-columns.ts'
import { UserError } from '../../errors.ts'
import { openTable } from '../read-table.ts'

const METADATA: Readonly<Record<string, TableKind>> = { 'metadata.csv': 'csv', 'metadata.jsonl': 'jsonl' }

export interface MetadataFile {
  /** Below the source's folder. */
  readonly path: string
  readonly kind: TableKind
}

/** Those among the files of a folder, outer ones first. Two for one folder are a UserError. */
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

/** Rows in the order of the files, outer files first. A column that is in no row is a UserError. */
export async function* readMetadata(
  folder: string,
  files: readonly MetadataFile[],
  wanted: WantedColumns,
): AsyncGenerator<PictureRow> {
  for (const { path, kind } of files) {
    const base = dirname(path) === '.' ? '' : dirname(path)
    yield* readRows({ file: join(folder, path), name: path, kind }, wanted, base)
  }
}

interface TableFile {
  readonly file: string
  readonly name: string
  readonly kind: TableKind
}

export async function* readRows(
  table: TableFile,
  wanted: WantedColumns,
  base: string,
): AsyncGenerator<PictureRow> {
  const { columns, rows } = await openTable(table)
  if (columns !== null) checkColumns(table.name, columns, wanted)
  const seen = new Set<string>()
  let whole = false
  for await (const row of rows) {
    if (row.record !== null) whole = true
    if (columns === null) for (const key of Object.keys(row.record ?? {})) seen.add(key)
    yield planPictureRow(row, wanted, base)
  }
  if (columns === null && whole) checkColumns(table.name, [...seen], wanted)
}

function depth(path: string): number {
  return path.split('/').length
}

/** A metadata file of a kind that is not read. */
export async function findParquetMetadata(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'metadata.parquet')).catch(() => null)) !== null
}
