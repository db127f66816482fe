/** Cuts the bytes of a table into records: lines, and in CSV lines that quotes hold together. Pure. */

export interface TableRecord {
  /** Without the line break at its end. */
  readonly bytes: Uint8Array
  /** Of its beginning; the first line is 1. */
  readonly line: number
  /** Of its first byte in the file. */
  readonly offset: number
}

/** A record longer than this is a quote that is never closed, or no table at all. */
export const MAX_RECORD_BYTES = 4_000_000

const [LINE_FEED, CARRIAGE_RETURN, QUOTE] = [10, 13, 34]

/** Takes the file in pieces of any size. Empty lines are left out. */
export class RecordSplitter {
  readonly #quoted: boolean
  /** What of the current record has been seen. */
  #rest: Uint8Array[] = []
  #restBytes = 0
  #line = 1
  /** Line breaks inside the current record. */
  #inside = 0
  #offset = 0
  #open = false

  /** `quoted`: whether line breaks between quotes belong to the record. */
  constructor(quoted: boolean) {
    this.#quoted = quoted
  }

  *push(chunk: Uint8Array): Generator<TableRecord> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      // An escaped quote is two of them, so it opens and closes at once.
      if (byte === QUOTE && this.#quoted) this.#open = !this.#open
      if (byte !== LINE_FEED) continue
      if (this.#open) {
        this.#inside++
        continue
      }
      yield* this.#finish(chunk.subarray(start, at), 1)
      start = at + 1
    }
    this.#rest.push(chunk.slice(start))
    this.#restBytes += chunk.length - start
    if (this.#restBytes > MAX_RECORD_BYTES) yield* this.end()
  }

  /** The last record, if the file does not end with a line break. */
  *end(): Generator<TableRecord> {
    yield* this.#finish(new Uint8Array(0), 0)
  }

  *#finish(last: Uint8Array, breakBytes: number): Generator<TableRecord> {
    const bytes = this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last])
    const { length } = bytes
    const text = bytes[length - 1] === CARRIAGE_RETURN ? bytes.subarray(0, length - 1) : bytes
    const record = { bytes: text, line: this.#line, offset: this.#offset }
    this.#line += this.#inside + 1
    this.#offset += length + breakBytes
    this.#rest = []
    this.#restBytes = 0
    this.#inside = 0
    this.#open = false
    if (text.length > 0) yield record
  }
}
