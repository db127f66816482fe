/** Reads the pages of a column chunk, and the definition levels before their values, which tell which rows have a value. */
import { parquetHeader } from 'hyparquet/src/column.js'
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'
import type { PageHeader } from 'hyparquet/src/types.js'
import type { ForwardReader } from './forward-reader.ts'
import { Taker } from './taker.ts'
import { findUnpack } from './unpack.ts'

export interface Page {
  readonly type: 'dictionary' | 'data' | 'other'
  readonly encoding: string
  /** Number of values; in data pages of unrepeated columns this is the number of rows. */
  readonly count: number
  readonly bodyStart: number
  readonly bodyEnd: number
  readonly header: PageHeader
}

const FIRST_TRY_BYTES = 256
/** Headers contain statistics; common writers limit those to a few kilobytes. */
const MAX_HEADER_BYTES = 1 << 24

export async function readPage(pages: ForwardReader, at: number): Promise<Page> {
  for (let size = FIRST_TRY_BYTES; ; size *= 8) {
    const whole = at + size >= pages.end
    const bytes = await pages.take(at, Math.min(size, pages.end - at))
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 }
    try {
      return describePage(parquetHeader(reader), at + reader.offset, pages.end)
    } catch (error) {
      if (whole || size > MAX_HEADER_BYTES || error instanceof DamagedPage) throw error
    }
  }
}

class DamagedPage extends Error {}

function describePage(header: PageHeader, bodyStart: number, end: number): Page {
  const { compressed_page_size: size, data_page_header: v1, data_page_header_v2: v2 } = header
  const bodyEnd = bodyStart + size
  if (!(size >= 0) || bodyEnd > end)
    throw new DamagedPage(`a page of ${size} bytes reaches beyond its column`)
  const place = { bodyStart, bodyEnd, header }
  if (v1 !== undefined) return { type: 'data', encoding: v1.encoding, count: v1.num_values, ...place }
  if (v2 !== undefined) return { type: 'data', encoding: v2.encoding, count: v2.num_values, ...place }
  const { dictionary_page_header: dictionary } = header
  if (dictionary === undefined) return { type: 'other', encoding: '', count: 0, ...place }
  return { type: 'dictionary', encoding: dictionary.encoding, count: dictionary.num_values, ...place }
}

export interface PageFormat {
  readonly codec: string
  /** Definition level of a present value: the number of optional fields on its path. */
  readonly maxDefinition: number
}

export interface OpenPage {
  /** For each row, true when it has a value; null when all have one. */
  readonly present: readonly boolean[] | null
  /** The decompressed values. */
  readonly values: Taker
  /** Decompressed size of the values. */
  readonly valueBytes: number
}

export async function openPage(
  pages: ForwardReader,
  { header, count, bodyStart, bodyEnd }: Page,
  { codec, maxDefinition }: PageFormat,
): Promise<OpenPage> {
  const { data_page_header_v2: v2, uncompressed_page_size: size } = header
  if (v2 !== undefined) {
    const levelBytes = v2.repetition_levels_byte_length + v2.definition_levels_byte_length
    const levels = await pages.take(
      bodyStart + v2.repetition_levels_byte_length,
      v2.definition_levels_byte_length,
    )
    const packed = v2.is_compressed === false ? 'UNCOMPRESSED' : codec
    return {
      present: decodePresence(levels, count, maxDefinition),
      values: unpackBody(pages, packed, bodyStart + levelBytes, bodyEnd),
      valueBytes: size - levelBytes,
    }
  }
  const values = unpackBody(pages, codec, bodyStart, bodyEnd)
  if (header.data_page_header === undefined || maxDefinition === 0)
    return { present: null, values, valueBytes: size }
  const levelBytes = readUint32(await values.take(4))
  if (levelBytes > size)
    throw new DamagedPage(`a page of ${size} bytes announces ${levelBytes} bytes of levels`)
  const present = decodePresence(await values.take(levelBytes), count, maxDefinition)
  return { present, values, valueBytes: size - 4 - levelBytes }
}

function unpackBody(pages: ForwardReader, codec: string, start: number, end: number): Taker {
  const unpack = findUnpack(codec)
  if (unpack === null) throw new Error(`its compression is ${codec}`)
  return new Taker(unpack(pages.pieces(start, end)))
}

function decodePresence(bytes: Uint8Array, count: number, maxDefinition: number): boolean[] | null {
  if (maxDefinition === 0) return null
  const levels = new Array<number>(count).fill(0)
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 }
  readRleBitPackedHybrid(reader, bitWidth(maxDefinition), levels, bytes.length)
  return levels.every((level) => level === maxDefinition)
    ? null
    : levels.map((level) => level === maxDefinition)
}

/** Decodes dictionary indices: one byte with their bit width, then the indices. */
export function decodeIndices(bytes: Uint8Array, count: number): number[] {
  const indices = new Array<number>(count).fill(0)
  const width = bytes[0] ?? 0
  if (count === 0 || width === 0) return indices
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 1 }
  readRleBitPackedHybrid(reader, width, indices, bytes.length - 1)
  return indices
}

export function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

function bitWidth(value: number): number {
  return 32 - Math.clz32(value)
}
