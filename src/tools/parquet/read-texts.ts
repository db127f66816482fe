/** Reads texts from small columns: captions and template variables. */
import { parquetReadObjects, type AsyncBuffer, type FileMetaData } from 'hyparquet'
import { nameClass, parseClassLabels } from '../../formats/parquet/class-labels.ts'
import { mapInOrder } from '../concurrent.ts'
import type { ByteReader } from './byte-reader.ts'
import { compressors } from './unpack.ts'

/** Number of row groups that are read at the same time. */
const CONCURRENT = 8

/** Yields for each row the texts by column; other columns are not read. */
export async function* readTexts(
  reader: ByteReader,
  metadata: FileMetaData,
  columns: readonly string[],
): AsyncGenerator<Record<string, string>> {
  const file = toAsyncBuffer(reader)
  const classes = parseClassLabels(metadata.key_value_metadata)
  const read = (row: Record<string, unknown>, column: string) =>
    [column, formatCell(nameClass(row[column], classes.get(column)))] as const
  for await (const rows of mapInOrder(listGroups(metadata), CONCURRENT, ({ rowStart, rowEnd }) =>
    parquetReadObjects({ file, metadata, columns: [...columns], rowStart, rowEnd, compressors }),
  )) {
    for (const row of rows) {
      yield Object.fromEntries(columns.map((column) => read(row, column)))
    }
  }
}

/** Yields for each row of a picture column the file name that replaces the picture; null when there is none. */
export async function* readFileNames(
  reader: ByteReader,
  metadata: FileMetaData,
  column: string,
): AsyncGenerator<string | null> {
  const file = toAsyncBuffer(reader)
  for (const { rowStart, rowEnd } of listGroups(metadata)) {
    const options = { file, metadata, columns: [column], rowStart, rowEnd, compressors, utf8: false }
    for (const row of await parquetReadObjects(options)) yield readFileName(row[column] as Cell)
  }
}

type Name = string | Uint8Array | null
type Cell = Name | { readonly bytes?: Uint8Array | null; readonly path?: Name }

function readFileName(cell: Cell): string | null {
  if (typeof cell === 'string' || cell instanceof Uint8Array || cell === null) return readName(cell)
  return cell.bytes?.length ? null : readName(cell.path ?? null)
}

function readName(name: Name): string | null {
  return name === null || name.length === 0 ? null : Buffer.from(name).toString()
}

function* listGroups({ row_groups }: FileMetaData): Generator<{ rowStart: number; rowEnd: number }> {
  let rowStart = 0
  for (const { num_rows } of row_groups) {
    const rowEnd = rowStart + Number(num_rows)
    if (rowEnd > rowStart) yield { rowStart, rowEnd }
    rowStart = rowEnd
  }
}

/** Takes the first of several captions. Values that are neither text nor numbers are formatted as JSON. */
function formatCell(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return value.toString()
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return formatCell(value[0])
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))
}

function toAsyncBuffer(reader: ByteReader): AsyncBuffer {
  return {
    byteLength: reader.sizeBytes,
    async slice(start, end = reader.sizeBytes) {
      const bytes = await reader.read(start, end)
      return bytes.slice().buffer
    },
  }
}
