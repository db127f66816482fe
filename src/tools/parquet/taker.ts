/** Takes given numbers of bytes from a stream of pieces. */
export class Taker {
  readonly #pieces: AsyncIterator<Uint8Array>
  #piece: Uint8Array = new Uint8Array(0)

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** Returns a copy. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count)
    for (let done = 0; done < count;) {
      const part = await this.#next(count - done)
      bytes.set(part, done)
      done += part.length
    }
    return bytes
  }

  async skip(count: number): Promise<void> {
    for (let done = 0; done < count;) done += (await this.#next(count - done)).length
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  /** Returns at least one byte and at most `most`. */
  async #next(most: number): Promise<Uint8Array> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next()
      if (next.done === true) throw new Error('the page ends too early')
      this.#piece = next.value
    }
    const part = this.#piece.subarray(0, most)
    this.#piece = this.#piece.subarray(part.length)
    return part
  }
}
