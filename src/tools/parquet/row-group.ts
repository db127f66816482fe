/**
 * A row group that is written while its rows come: pictures go out at once, so that a group is never held, and uncopied; the
 * other columns, which are small, follow when it is complete. The file is the one that hyparquet-writer alone would write.
 */
import type { ColumnChunk, OffsetIndex, RowGroup, SchemaElement } from 'hyparquet'
import { ByteWriter, type ParquetWriter } from 'hyparquet-writer'
import { writeColumn } from 'hyparquet-writer/src/column.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js'
import type { DatasetRow } from '../../dataset/parquet-rows.ts'
import type { PageWriter } from './page-writer.ts'

/** So small that a picture has a page to itself. */
const PAGE_BYTES = 65_536

/** Before each value. */
const LENGTH_BYTES = 4

/** A column of plain values: where it stands in the schema, and what a row has there. */
interface Leaf {
  readonly path: readonly string[]
  readonly value: (row: DatasetRow) => Uint8Array | string
}

const PICTURES = ['image', 'bytes']

const OTHERS: readonly Leaf[] = [
  { path: ['image', 'path'], value: ({ image }) => image.path },
  { path: ['conditioning_image', 'bytes'], value: ({ conditioning_image: { bytes } }) => bytes },
  { path: ['conditioning_image', 'path'], value: ({ conditioning_image: { path } }) => path },
  { path: ['text'], value: ({ text }) => text },
]

interface WrittenColumn {
  readonly chunk: ColumnChunk
  readonly offsetIndex?: OffsetIndex
}

export class RowGroupWriter {
  readonly #output: PageWriter
  readonly #parquet: ParquetWriter
  readonly #start: number
  readonly #pictures: PictureColumn
  readonly #others = OTHERS.map(({ value }) => ({ value, values: [] as (Uint8Array | string)[] }))
  #rows = 0

  /** Of a file whose schema is that of `planParquet`. */
  constructor(output: PageWriter, parquet: ParquetWriter) {
    this.#output = output
    this.#parquet = parquet
    this.#start = output.offset
    this.#pictures = new PictureColumn(output)
  }

  get rows(): number {
    return this.#rows
  }

  add(row: DatasetRow): void {
    this.#pictures.add(row.image.bytes)
    for (const { value, values } of this.#others) values.push(value(row))
    this.#rows++
  }

  /** After this its rows are in the file's list of groups. */
  finish(): void {
    const columns = [
      this.#pictures.finish(),
      ...this.#others.map(({ values }, at) => this.#write(OTHERS[at]!, values)),
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

  #write({ path }: Leaf, values: (Uint8Array | string)[]): WrittenColumn {
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

/** From the root on. A name may stand in several places, so each is looked for behind the one before. */
function findElements(schema: readonly SchemaElement[], path: readonly string[]): SchemaElement[] {
  let at = 0
  const elements = path.map((name) => {
    at = schema.findIndex((element, index) => index > at && element.name === name)
    if (at === -1) throw new Error(`the schema has no ${path.join('.')}`)
    return schema[at]!
  })
  return [schema[0]!, ...elements]
}

/** The pages of `image.bytes`. */
class PictureColumn {
  readonly #output: PageWriter
  readonly #start: number
  readonly #locations: OffsetIndex['page_locations'] = []
  /** Of the page that is not written yet. */
  #values: Uint8Array[] = []
  #bytes = 0
  #count = 0

  constructor(output: PageWriter) {
    this.#output = output
    this.#start = output.offset
  }

  add(bytes: Uint8Array): void {
    // A page ends before the value that would fill it.
    if (this.#values.length > 0 && this.#bytes + bytes.length >= PAGE_BYTES) this.#writePage()
    this.#values.push(bytes.length < PAGE_BYTES ? bytes.slice() : bytes)
    this.#bytes += bytes.length
    this.#count++
    if (this.#bytes >= PAGE_BYTES) this.#writePage()
  }

  finish(): WrittenColumn {
    if (this.#values.length > 0) this.#writePage()
    const size = BigInt(this.#output.offset - this.#start)
    const chunk: ColumnChunk = {
      meta_data: {
        type: 'BYTE_ARRAY',
        encodings: ['PLAIN'],
        path_in_schema: PICTURES,
        codec: 'UNCOMPRESSED',
        num_values: BigInt(this.#count),
        total_compressed_size: size,
        total_uncompressed_size: size,
        data_page_offset: BigInt(this.#start),
      },
      file_offset: BigInt(this.#start),
    }
    return this.#locations.length > 1
      ? { chunk, offsetIndex: { page_locations: this.#locations } }
      : { chunk }
  }

  #writePage(): void {
    const output = this.#output
    const values = this.#values
    const pageOffset = output.offset
    const levels = encodeLevels(values.length, PICTURES.length)
    const size = levels.length + LENGTH_BYTES * values.length + this.#bytes
    writePageHeader(output, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: size,
      compressed_page_size: size,
      data_page_header_v2: {
        num_values: values.length,
        num_nulls: 0,
        num_rows: values.length,
        encoding: 'PLAIN',
        definition_levels_byte_length: levels.length,
        repetition_levels_byte_length: 0,
        is_compressed: true,
      },
    })
    output.appendBytes(levels)
    for (const value of values) {
      output.appendUint32(value.length)
      output.appendBytes(value)
    }
    this.#locations.push({
      offset: BigInt(pageOffset),
      compressed_page_size: output.offset - pageOffset,
      first_row_index: BigInt(this.#count - values.length),
    })
    this.#values = []
    this.#bytes = 0
  }
}

/** Definition levels of values that are all there. */
function encodeLevels(count: number, level: number): Uint8Array {
  const writer = new ByteWriter(16)
  writeRleBitPackedHybrid(writer, new Array<number>(count).fill(level), Math.ceil(Math.log2(level + 1)))
  return writer.getBytes()
}
