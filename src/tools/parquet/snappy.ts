/**
 * Decompresses Snappy as a stream, because pages of published datasets can have hundreds of megabytes. Format:
 * https://github.com/google/snappy/blob/main/format_description.txt
 */

/** The furthest that copies may reach back. Compressors work on blocks of 64 KB. */
const HISTORY_BYTES = 1 << 16
const BUFFER_BYTES = 1 << 18

export async function* unpackSnappy(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new SnappyDecoder()
  for await (const piece of pieces) yield* decoder.push(piece)
  yield* decoder.finish()
}

class SnappyDecoder {
  #out = new Uint8Array(BUFFER_BYTES)
  #length = 0
  /** Start of the output that was not yielded yet. */
  #fresh = 0
  /** Input that ended within a tag. */
  #rest = new Uint8Array(0)
  #literalLeft = 0
  #announced: number | null = null
  #produced = 0;

  /** Yields the rest of the output. */
  *finish(): Generator<Uint8Array> {
    if (this.#literalLeft > 0 || this.#rest.length > 0 || this.#produced !== this.#announced)
      throw new Error('the snappy data ends too early')
    if (this.#length > this.#fresh) yield this.#out.slice(this.#fresh, this.#length)
  }

  *push(piece: Uint8Array): Generator<Uint8Array> {
    const input = this.#rest.length === 0 ? piece : concat(this.#rest, piece)
    let at = this.#announced === null ? this.#readLength(input) : 0
    while (this.#announced !== null && at < input.length) {
      if (this.#literalLeft > 0) {
        if (this.#length === BUFFER_BYTES) yield this.#shift()
        const count = Math.min(this.#literalLeft, input.length - at, BUFFER_BYTES - this.#length)
        this.#out.set(input.subarray(at, at + count), this.#length)
        this.#length += count
        this.#produced += count
        this.#literalLeft -= count
        at += count
        continue
      }
      const tag = input[at]!
      const size = tagBytes(tag)
      if (at + size > input.length) break
      if ((tag & 3) === 0) this.#literalLeft = literalLength(input, at)
      else {
        const { length, offset } = readCopy(input, at)
        if (this.#length + length > BUFFER_BYTES) yield this.#shift()
        this.#copy(length, offset)
      }
      at += size
    }
    this.#rest = input.slice(at)
  }

  #readLength(input: Uint8Array): number {
    let length = 0
    for (let at = 0; at < 5 && at < input.length; at++) {
      length += (input[at]! & 0x7f) * 2 ** (7 * at)
      if (input[at]! < 0x80) {
        this.#announced = length
        return at + 1
      }
    }
    if (input.length >= 5) throw new Error('the snappy data has no length')
    return 0
  }

  #copy(length: number, offset: number): void {
    if (offset === 0 || offset > this.#length) throw new Error(`a snappy copy reaches back ${offset} bytes`)
    const from = this.#length - offset
    if (offset >= length) this.#out.copyWithin(this.#length, from, from + length)
    else for (let i = 0; i < length; i++) this.#out[this.#length + i] = this.#out[from + i]!
    this.#length += length
    this.#produced += length
  }

  /** Returns the new output and keeps its end, which copies may refer to. */
  #shift(): Uint8Array {
    const fresh = this.#out.slice(this.#fresh, this.#length)
    const keep = Math.min(HISTORY_BYTES, this.#length)
    this.#out.copyWithin(0, this.#length - keep, this.#length)
    this.#length = keep
    this.#fresh = keep
    return fresh
  }
}

/** Returns the size of a tag in bytes, without the data of a literal. */
function tagBytes(tag: number): number {
  if ((tag & 3) === 0) return tag >> 2 < 60 ? 1 : (tag >> 2) - 58
  return [0, 2, 3, 5][tag & 3]!
}

function literalLength(input: Uint8Array, at: number): number {
  const short = input[at]! >> 2
  return 1 + (short < 60 ? short : littleEndian(input, at + 1, short - 59))
}

function readCopy(input: Uint8Array, at: number): { length: number; offset: number } {
  const tag = input[at]!
  if ((tag & 3) === 1) return { length: ((tag >> 2) & 7) + 4, offset: ((tag >> 5) << 8) | input[at + 1]! }
  return { length: (tag >> 2) + 1, offset: littleEndian(input, at + 1, (tag & 3) === 2 ? 2 : 4) }
}

function littleEndian(input: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) value += input[at + i]! * 2 ** (8 * i)
  return value
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
