import type { ByteReader } from './byte-reader.ts'

/**
 * Reads a part of a file from front to back in blocks, with one block of read-ahead. Moving forward reads each byte at most
 * once and holds at most three blocks; skipped blocks are not read. Moving back reads again.
 */
export class ForwardReader {
  readonly start: number
  readonly end: number
  readonly #reader: ByteReader
  #previous = -2
  readonly #blocks = new Map<number, Promise<Uint8Array>>()

  constructor(reader: ByteReader, start: number, end: number) {
    this.#reader = reader
    this.start = start
    this.end = end
  }

  /** Returns the bytes from `at` to the end of its block, as a view. */
  async view(at: number): Promise<Uint8Array> {
    if (at < this.start || at >= this.end) throw new Error(`${at} lies outside ${this.start}-${this.end}`)
    const { blockBytes } = this.#reader
    const index = Math.floor((at - this.start) / blockBytes)
    const within = at - this.start - index * blockBytes
    for (const held of this.#blocks.keys()) if (held < index || held > index + 1) this.#blocks.delete(held)
    const block = this.#load(index)
    const nextStart = this.start + (index + 1) * blockBytes
    // A reader that is at the beginning of a first block may be about to jump, so it gets no read-ahead.
    const goesOn = index === this.#previous + 1 || within >= blockBytes / 4
    this.#previous = index
    if (goesOn && nextStart < this.end) void this.#load(index + 1)
    return (await block).subarray(within)
  }

  /** Returns a copy, so that a small part does not keep its block in memory. */
  async take(at: number, count: number): Promise<Uint8Array> {
    if (at + count > this.end) throw new Error(`${at + count} lies behind the end ${this.end}`)
    const bytes = new Uint8Array(count)
    for (let done = 0; done < count;) {
      const part = (await this.view(at + done)).subarray(0, count - done)
      bytes.set(part, done)
      done += part.length
    }
    return bytes
  }

  /** Yields all bytes from `from` to `to` (exclusive) in pieces, which are views. */
  async *pieces(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to;) {
      const piece = (await this.view(at)).subarray(0, to - at)
      at += piece.length
      yield piece
    }
  }

  #load(index: number): Promise<Uint8Array> {
    const held = this.#blocks.get(index)
    if (held !== undefined) return held
    const from = this.start + index * this.#reader.blockBytes
    const block = this.#reader.read(from, Math.min(from + this.#reader.blockBytes, this.end))
    this.#blocks.set(index, block)
    // An error is reported when the block is used; the next use tries again.
    block.catch(() => this.#blocks.get(index) === block && this.#blocks.delete(index))
    return block
  }
}
