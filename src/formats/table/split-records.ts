/** Splits the bytes of a table into records. A record is a line; in CSV, line breaks inside quotes don't end it. Pure. */

export interface TableRecord {
  /** The record without its line break. */
  readonly bytes: Uint8Array
  /** Number of its first line; the file's first line is 1. */
  readonly line: number
  /** Byte offset in the file. */
  readonly offset: number
}

/** A longer record means that a quote is never closed, or that the file is no table. */
export const MAX_RECORD_BYTES = 4_000_000

const [LINE_FEED, CARRIAGE_RETURN, QUOTE] = [10, 13, 34]

/**
 * Accepts the file in pieces of any size and skips empty lines. Lines end with LF or CR LF; they end with CR alone (Excel's
 * "CSV (Macintosh)") if the first line does.
 */
export class RecordSplitter {
  readonly #quoted: boolean
  /** Pieces of the current record so far. */
  #rest: Uint8Array[] = []
  #restBytes = 0
  #line = 1
  /** Line breaks inside the current record. */
  #inside = 0
  #offset = 0
  #open = false
  /** The byte that ends lines; null until the first line has ended. */
  #lineEnd: number | null = null
  /** A CR at the end of a piece, kept until the next byte shows whether it belongs to a CR LF. */
  #held: Uint8Array = new Uint8Array(0)

  /** `quoted` is true for CSV: line breaks inside quotes belong to the record. */
  constructor(quoted: boolean) {
    this.#quoted = quoted
  }

  *push(piece: Uint8Array): Generator<TableRecord> {
    const chunk = this.#hold(piece)
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      // An escaped quote is two quotes, so the state flips twice.
      if (byte === QUOTE && this.#quoted) this.#open = !this.#open
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue
      if (!this.#open) this.#lineEnd ??= isLineFeed(chunk, at) ? LINE_FEED : CARRIAGE_RETURN
      if (byte !== (this.#lineEnd ?? LINE_FEED)) continue
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

  /** Yields the last record if the file does not end with a line break. */
  *end(): Generator<TableRecord> {
    yield* this.#finish(this.#held, 0)
    this.#held = new Uint8Array(0)
  }

  #hold(piece: Uint8Array): Uint8Array {
    const chunk = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece])
    const isOpenEnd = this.#lineEnd === null && chunk.at(-1) === CARRIAGE_RETURN
    this.#held = isOpenEnd ? chunk.slice(-1) : new Uint8Array(0)
    return isOpenEnd ? chunk.subarray(0, -1) : chunk
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

/** Returns true when the line break at this position is LF or CR LF. */
function isLineFeed(chunk: Uint8Array, at: number): boolean {
  return chunk[at] === LINE_FEED || chunk[at + 1] === LINE_FEED
}
