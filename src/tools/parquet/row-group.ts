/**
 * Writes a row group while its rows arrive: pictures are written at once and without copying, so that a group is never held in
 * memory; the other columns, which are small, follow at its end. The file is the same as hyparquet-writer's own.
 */
import type { RowGroup, SchemaElement } from 'hyparquet'
import type { ParquetWriter } from 'hyparquet-writer'
import { writeColumn } from 'hyparquet-writer/src/column.js'
import type { DatasetRow } from '../../formats/parquet/parquet-rows.ts'
import type { PageWriter } from './page-writer.ts'
import { PAGE_BYTES, PicturePages, type WrittenColumn } from './picture-pages.ts'

/** A plain column: its place in the schema, and its value in a row. */
interface Leaf {
  readonly path: readonly string[]
  readonly value: (row: DatasetRow) => Uint8Array | string
}

const OTHERS: readonly Leaf[] = [
  { path: ['image', 'path'], value: ({ image }) => image.path },
  { path: ['conditioning_image', 'bytes'], value: ({ conditioning_image: { bytes } }) => bytes },
  { path: ['conditioning_image', 'path'], value: ({ conditioning_image: { path } }) => path },
  { path: ['text'], value: ({ text }) => text },
]

export class RowGroupWriter {
  readonly #output: PageWriter
  readonly #parquet: ParquetWriter
  readonly #start: number
  readonly #pictures: PicturePages
  readonly #others = OTHERS.map((leaf) => ({ ...leaf, values: [] as (Uint8Array | string)[] }))
  #rows = 0

  /** The schema must be that of `planParquet`. */
  constructor(output: PageWriter, parquet: ParquetWriter) {
    this.#output = output
    this.#parquet = parquet
    this.#start = output.offset
    this.#pictures = new PicturePages(output)
  }

  get rows(): number {
    return this.#rows
  }

  add(row: DatasetRow): void {
    this.#pictures.add(row.image.bytes)
    for (const { value, values } of this.#others) values.push(value(row))
    this.#rows++
  }

  /** Writes the remaining columns and adds the group to the file's metadata. */
  finish(): void {
    const columns = [
      this.#pictures.finish(),
      ...this.#others.map(({ path, values }) => this.#write(path, values)),
    ]
    const chunks = columns.map(({ chunk }) => chunk)
    const sizes = chunks.map(({ meta_data }) => meta_data!.total_uncompressed_size)
    const count = BigInt(this.#rows)
    const group: RowGroup = {
      columns: chunks,
      total_byte_size: sizes.reduce((sum, size) => sum + size, 0n),
      num_rows: count,
      total_compressed_size: BigInt(this.#output.offset - this.#start),
    }
    this.#parquet.row_groups.push(group)
    this.#parquet.num_rows += count
    this.#parquet.pendingIndexes.push(...columns)
  }

  #write(path: Leaf['path'], values: (Uint8Array | string)[]): WrittenColumn {
    const schemaPath = findElements(this.#parquet.schema, path)
    return writeColumn({
      writer: this.#output,
      column: {
        columnName: path.join('.'),
        element: schemaPath.at(-1)!,
        schemaPath,
        codec: 'UNCOMPRESSED',
        compressors: {},
        stats: false,
        pageSize: PAGE_BYTES,
        columnIndex: false,
        offsetIndex: true,
        encoding: 'PLAIN',
      },
      pageData: {
        values,
        definitionLevels: values.map(() => path.length),
        repetitionLevels: [],
        maxDefinitionLevel: path.length,
      },
    })
  }
}

/** Returns the schema elements from the root on. A name may occur several times, so each is searched after the one before. */
function findElements(schema: readonly SchemaElement[], path: readonly string[]): SchemaElement[] {
  let at = 0
  const elements = path.map((name) => {
    at = schema.findIndex((element, index) => index > at && element.name === name)
    if (at === -1) throw new Error(`the schema has no ${path.join('.')}`)
    return schema[at]!
  })
  return [schema[0]!, ...elements]
}
