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

/**
 * Takes the file in pieces of any size. Empty lines are left out. Lines end with a line feed, also behind a carriage return;
 * with carriage returns alone (Excel's "CSV (Macintosh)") where the first line does.
 */
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
  /** What ends a line; null until the first one has ended. */
  #lineEnd: number | null = null
  /** A carriage return at the end of a piece, when the next byte tells what it is. */
  #held: Uint8Array = new Uint8Array(0)

  /** `quoted`: whether line breaks between quotes belong to the record. */
  constructor(quoted: boolean) {
    this.#quoted = quoted
  }

  *push(piece: Uint8Array): Generator<TableRecord> {
    const chunk = this.#hold(piece)
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      // An escaped quote is two of them, so it opens and closes at once.
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

  /** The last record, if the file does not end with a line break. */
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

/** Whether the line break at that place is a line feed, or a carriage return in front of one. */
function isLineFeed(chunk: Uint8Array, at: number): boolean {
  return chunk[at] === LINE_FEED || chunk[at + 1] === LINE_FEED
}
