/** Reads values of a column with a dictionary page, which stores each value once. */
import { PictureError } from '../images/picture-error.ts'
import type { ByteReader } from './byte-reader.ts'
import { ForwardReader } from './forward-reader.ts'
import { openPage, readPage } from './pages.ts'
import { PlainValues } from './plain-values.ts'

/** Values that later rows use again are kept up to this size; others are read again. */
const KEPT_BYTES = 48 << 20

export interface DictionaryPlace {
  readonly reader: ByteReader
  readonly start: number
  readonly end: number
  readonly codec: string
}

/**
 * The dictionary of a picture column. Common writers put every picture of a row group into it, in the order of the rows. It can
 * have hundreds of megabytes, so it is read along with the rows.
 */
export class DictionaryValues {
  readonly #place: DictionaryPlace
  /** Value index → last row that uses the value. */
  readonly #lastRow: Int32Array
  readonly #kept = new Map<number, Uint8Array>()
  #keptBytes = 0
  #values: PlainValues | null = null
  #next = 0

  /** `indices` holds for each row the index of its value, or -1. */
  constructor(place: DictionaryPlace, indices: readonly number[]) {
    this.#place = place
    this.#lastRow = new Int32Array(indices.reduce((most, index) => Math.max(most, index + 1), 0)).fill(-1)
    for (const [row, index] of indices.entries()) if (index >= 0) this.#lastRow[index] = row
  }

  /** Returns the value of `row`. Throws PictureError when it is too large. */
  async read(index: number, row: number): Promise<Uint8Array> {
    this.#forget(row)
    const kept = this.#kept.get(index)
    if (kept !== undefined) return kept.slice()
    if (this.#values === null || index < this.#next) this.#values = await this.#open()
    while (this.#next < index) await this.#pass(this.#values, this.#next++, row)
    this.#next++
    const value = await this.#values.take()
    if (this.#lastRow[index]! > row) this.#keep(index, value.slice())
    return value
  }

  async close(): Promise<void> {
    await this.#values?.close()
    this.#values = null
  }

  async #open(): Promise<PlainValues> {
    await this.close()
    const { reader, start, end, codec } = this.#place
    const pages = new ForwardReader(reader, start, end)
    const page = await readPage(pages, start)
    if (page.type !== 'dictionary') throw new Error('its dictionary is not where the footer says')
    if (page.count < this.#lastRow.length) throw new Error('a row shows a value beyond the dictionary')
    const { values, valueBytes } = await openPage(pages, page, { codec, maxDefinition: 0 })
    this.#next = 0
    return new PlainValues(values, valueBytes)
  }

  /** Moves past a value that `row` does not use; keeps it if a later row uses it. */
  async #pass(values: PlainValues, index: number, row: number): Promise<void> {
    if (this.#lastRow[index]! <= row || this.#keptBytes >= KEPT_BYTES) return values.skip()
    const value = await values.take().catch(ignoreTooLarge)
    if (value !== null) this.#keep(index, value)
  }

  #keep(index: number, value: Uint8Array): void {
    if (this.#keptBytes + value.length > KEPT_BYTES) return
    this.#kept.set(index, value)
    this.#keptBytes += value.length
  }

  #forget(row: number): void {
    for (const [index, value] of this.#kept) {
      if (this.#lastRow[index]! >= row) continue
      this.#kept.delete(index)
      this.#keptBytes -= value.length
    }
  }
}

/** The error is reported when the value's own row is read. */
function ignoreTooLarge(error: unknown): null {
  if (error instanceof PictureError) return null
  throw error
}
