/** Reads the footer of a Parquet file: its columns, its row groups and their positions. */
import { parquetMetadata, parquetSchema, type FileMetaData, type SchemaTree } from 'hyparquet'
import type { ByteReader } from './byte-reader.ts'
import type { ChunkPlace } from './column-cursor.ts'

/** Length field and magic number. */
const TAIL_BYTES = 8
/** Contains the whole footer of most picture files. */
const FIRST_READ_BYTES = 1 << 16
const MAGIC = 'PAR1'

/** Returns the end of the file from the beginning of its footer, for `parseFooter`. */
export async function readFooter(reader: ByteReader): Promise<Uint8Array> {
  const { sizeBytes } = reader
  if (sizeBytes < TAIL_BYTES + MAGIC.length) throw new Error('it is too short for a Parquet file')
  const tail = await reader.read(Math.max(0, sizeBytes - FIRST_READ_BYTES), sizeBytes)
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.length).subarray(-TAIL_BYTES)
  if (end.toString('latin1', 4) !== MAGIC) throw new Error('it is not a Parquet file, or its end is missing')
  const length = end.readUInt32LE(0) + TAIL_BYTES
  if (length > sizeBytes) throw new Error('its footer is longer than the file')
  if (length <= tail.length) return tail.slice(tail.length - length)
  const head = await reader.read(sizeBytes - length, sizeBytes - tail.length)
  return Buffer.concat([head, tail])
}

export function parseFooter(bytes: Uint8Array): FileMetaData {
  return parquetMetadata(bytes, { geoparquet: false })
}

export interface ParquetColumn {
  readonly name: string
  /**
   * `picture`: bytes, or the pair of bytes and path that `datasets` writes. `text`: any other column that can hold captions.
   */
  readonly kind: 'picture' | 'text'
  /** The leaf with the bytes of pictures; null for other columns. */
  readonly bytes: Leaf | null
  /** The leaf with file names of pictures, if there is one. A text column may contain such names too. */
  readonly path: Leaf | null
}

export interface Leaf {
  readonly path: string
  readonly maxDefinition: number
}

export function listColumns(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map((column) => {
    const { name } = column.element
    const [bytes, path] =
      column.children.length === 0
        ? [column, undefined]
        : ['bytes', 'path'].map((child) => column.children.find(({ element }) => element.name === child))
    if (!isBinary(bytes) || isRepeated(column) || isRepeated(bytes))
      return { name, kind: 'text', bytes: null, path: isText(column) ? findLeaf(column, column) : null }
    return {
      name,
      kind: 'picture',
      bytes: findLeaf(column, bytes),
      path: path ? findLeaf(column, path) : null,
    }
  })
}

function isBinary(node: SchemaTree | undefined): node is SchemaTree {
  if (node === undefined || node.children.length > 0) return false
  const { type, converted_type: converted, logical_type: logical } = node.element
  return type === 'BYTE_ARRAY' && converted === undefined && logical === undefined
}

function isText({ children, element }: SchemaTree): boolean {
  const { type, converted_type: converted, logical_type: logical, repetition_type: repetition } = element
  const isString = converted === 'UTF8' || logical?.type === 'STRING'
  return children.length === 0 && type === 'BYTE_ARRAY' && isString && repetition !== 'REPEATED'
}

function isRepeated({ element }: SchemaTree): boolean {
  return element.repetition_type === 'REPEATED'
}

function findLeaf(column: SchemaTree, leaf: SchemaTree): Leaf {
  const nodes = column === leaf ? [leaf] : [column, leaf]
  const maxDefinition = nodes.filter(({ element }) => element.repetition_type === 'OPTIONAL').length
  return { path: leaf.path.join('.'), maxDefinition }
}

/** Returns the position of a leaf's values in a row group. */
export function findChunk(
  metadata: FileMetaData,
  groupIndex: number,
  { path, maxDefinition }: Leaf,
  reader: ByteReader,
): ChunkPlace {
  const group = metadata.row_groups[groupIndex]!
  const meta = group.columns.find((column) => column.meta_data?.path_in_schema.join('.') === path)?.meta_data
  if (meta === undefined) throw new Error(`row group ${groupIndex} has no column ${path}`)
  const dataStart = Number(meta.data_page_offset)
  const dictionary = Number(meta.dictionary_page_offset ?? 0)
  const start = dictionary > 0 && dictionary < dataStart ? dictionary : dataStart
  const end = start + Number(meta.total_compressed_size)
  if (!(start >= 0 && end <= reader.sizeBytes)) throw new Error(`column ${path} lies outside the file`)
  return { reader, start, dataStart, end, rows: Number(group.num_rows), codec: meta.codec, maxDefinition }
}

/** Returns the stored (compressed) bytes of a column in the whole file. */
export function measureColumn(metadata: FileMetaData, { path }: Leaf): number {
  return metadata.row_groups
    .flatMap(({ columns }) => columns)
    .filter(({ meta_data }) => meta_data?.path_in_schema.join('.') === path)
    .reduce((sum, { meta_data }) => sum + Number(meta_data!.total_compressed_size), 0)
}

export interface RowGroupPlace {
  readonly index: number
  /** Number of its first row in the file. */
  readonly first: number
  /** Number of the row after its last one. */
  readonly end: number
}

export function findGroup({ row_groups }: FileMetaData, row: number): RowGroupPlace {
  let first = 0
  for (const [index, { num_rows }] of row_groups.entries()) {
    const end = first + Number(num_rows)
    if (row < end) return { index, first, end }
    first = end
  }
  throw new Error(`the file has ${first} rows, so none with the number ${row}`)
}
