/** Writes the picture column `image.bytes`: pages are written as soon as they are full, and pictures are not copied. */
import type { ColumnChunk, OffsetIndex } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js'
import type { PageWriter } from './page-writer.ts'

/** So small that each picture gets a page of its own. */
export const PAGE_BYTES = 65_536
/** Each value begins with its length in 4 bytes. */
const LENGTH_BYTES = 4

const PICTURES = ['image', 'bytes']

export interface WrittenColumn {
  readonly chunk: ColumnChunk
  readonly offsetIndex?: OffsetIndex
}

export class PicturePages {
  readonly #output: PageWriter
  readonly #start: number
  readonly #locations: OffsetIndex['page_locations'] = []
  /** Values of the page that is not written yet. */
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

/** Encodes definition levels when all values are present. */
function encodeLevels(count: number, level: number): Uint8Array {
  const writer = new ByteWriter(16)
  writeRleBitPackedHybrid(writer, new Array<number>(count).fill(level), Math.ceil(Math.log2(level + 1)))
  return writer.getBytes()
}
