/** Reads the values of one picture column within a row group from front to back, without ever holding a whole chunk or page. */
import type { ByteReader } from './byte-reader.ts'
import { DictionaryValues } from './dictionary-values.ts'
import { ForwardReader } from './forward-reader.ts'
import { decodeIndices, openPage, readPage, type OpenPage, type Page } from './pages.ts'
import { PlainValues } from './plain-values.ts'

/** Position of a leaf's values in a row group (a column chunk). */
export interface ChunkPlace {
  readonly reader: ByteReader
  /** Offset of the dictionary page if there is one, else of the first data page. */
  readonly start: number
  /** Offset of the first data page after the dictionary. */
  readonly dataStart: number
  readonly end: number
  readonly rows: number
  readonly codec: string
  readonly maxDefinition: number
}

interface OpenDataPage {
  readonly firstRow: number
  readonly endRow: number
  readonly present: OpenPage['present']
  /** Null when the page was skipped without opening it. */
  readonly values: PlainValues | null
}

const DICTIONARY_ENCODINGS = ['PLAIN_DICTIONARY', 'RLE_DICTIONARY']

export class ColumnCursor {
  readonly #chunk: ChunkPlace
  readonly #pages: ForwardReader
  readonly #dictionary: DictionaryValues
  /** For each row that uses the dictionary: index of its value, or -1. */
  readonly #indices: readonly number[]
  /** Offset of the next page header after `#page`. */
  #at: number
  #page: OpenDataPage | null = null
  #next = 0

  static async open(chunk: ChunkPlace): Promise<ColumnCursor> {
    const pages = new ForwardReader(chunk.reader, chunk.dataStart, chunk.end)
    const { indices, at } = await readIndices(pages, chunk)
    return new ColumnCursor(chunk, pages, indices, at)
  }

  private constructor(chunk: ChunkPlace, pages: ForwardReader, indices: readonly number[], at: number) {
    this.#chunk = chunk
    this.#pages = pages
    this.#indices = indices
    this.#at = at
    this.#dictionary = new DictionaryValues({ ...chunk, end: chunk.dataStart }, indices)
  }

  /** The first row that can be read without going back. */
  get next(): number {
    return this.#next
  }

  /** Returns the value of a row at or after `next`; null when it has none. Throws PictureError when the value is too large. */
  async read(row: number): Promise<Uint8Array | null> {
    if (row < this.#next || row >= this.#chunk.rows) throw new Error(`row ${row} is not ahead`)
    const index = this.#indices[row]
    if (index === undefined) return this.#readPlain(row)
    this.#next = row + 1
    return index === -1 ? null : this.#dictionary.read(index, row)
  }

  async close(): Promise<void> {
    await this.#dictionary.close()
    await this.#page?.values?.close()
  }

  async #readPlain(row: number): Promise<Uint8Array | null> {
    if (this.#next < this.#indices.length) this.#next = this.#indices.length
    while (this.#page === null || this.#page.endRow <= row) await this.#turnPage(row)
    const { firstRow, present, values } = this.#page
    if (values === null) throw new Error(`row ${row} lies in a page that was passed over`)
    const isThere = (each: number): boolean => present === null || present[each - firstRow]!
    for (this.#next = Math.max(this.#next, firstRow); this.#next < row; this.#next++) {
      if (isThere(this.#next)) await values.skip()
    }
    this.#next = row + 1
    return isThere(row) ? values.take() : null
  }

  /** Opens the next page; skips one that ends before `row`. */
  async #turnPage(row: number): Promise<void> {
    const firstRow = this.#page?.endRow ?? this.#indices.length
    await this.#page?.values?.close()
    const page = await nextDataPage(this.#pages, this.#at)
    if (page === null) throw new Error(`its pages end before row ${row}`)
    this.#at = page.bodyEnd
    const endRow = firstRow + page.count
    if (endRow > this.#chunk.rows) throw new Error('its pages have more rows than the footer says')
    if (endRow > row && page.encoding !== 'PLAIN') throw new Error(`its encoding is ${page.encoding}`)
    this.#page = { firstRow, endRow, present: null, values: null }
    if (endRow <= row) return
    const { present, values, valueBytes } = await openPage(this.#pages, page, this.#chunk)
    this.#page = { firstRow, endRow, present, values: new PlainValues(values, valueBytes) }
  }
}

async function nextDataPage(pages: ForwardReader, at: number): Promise<Page | null> {
  while (at < pages.end) {
    const page = await readPage(pages, at)
    if (page.type === 'data') return page
    at = page.bodyEnd
  }
  return null
}

/** Pages that only contain dictionary indices are small, so all of them are read first. */
async function readIndices(
  pages: ForwardReader,
  { rows, codec, maxDefinition }: ChunkPlace,
): Promise<{ indices: number[]; at: number }> {
  const indices: number[] = []
  let at = pages.start
  while (indices.length < rows) {
    const page = await nextDataPage(pages, at)
    if (page === null || !DICTIONARY_ENCODINGS.includes(page.encoding)) break
    const { present, values, valueBytes } = await openPage(pages, page, { codec, maxDefinition })
    const there = present === null ? page.count : present.filter(Boolean).length
    const numbers = there === 0 ? [] : decodeIndices(await values.take(valueBytes), there)
    await values.close()
    let taken = 0
    for (let row = 0; row < page.count; row++)
      indices.push(present === null || present[row] ? numbers[taken++]! : -1)
    at = page.bodyEnd
  }
  return { indices, at }
}
