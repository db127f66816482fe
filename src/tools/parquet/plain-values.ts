import { PictureError } from '../images/picture-error.ts'
import { readUint32 } from './pages.ts'
import type { Taker } from './taker.ts'

/** Larger than any picture; a damaged file may contain such a length. */
const MAX_VALUE_BYTES = 128 << 20

/** PLAIN encoding: values one after the other, each after its length. */
export class PlainValues {
  readonly #bytes: Taker
  #left: number

  /** `sizeBytes` is the size of all values together. */
  constructor(bytes: Taker, sizeBytes: number) {
    this.#bytes = bytes
    this.#left = sizeBytes
  }

  /** Throws PictureError when the value is too large; the next value can still be read. */
  async take(): Promise<Uint8Array> {
    const length = await this.#readLength()
    if (length <= MAX_VALUE_BYTES) return this.#bytes.take(length)
    await this.#bytes.skip(length)
    throw new PictureError('too-large', `it has ${length} bytes; at most ${MAX_VALUE_BYTES} are read`)
  }

  async skip(): Promise<void> {
    await this.#bytes.skip(await this.#readLength())
  }

  close(): Promise<void> {
    return this.#bytes.close()
  }

  async #readLength(): Promise<number> {
    const length = readUint32(await this.#bytes.take(4))
    this.#left -= 4 + length
    if (this.#left < 0) throw new Error(`a value of ${length} bytes reaches beyond its page`)
    return length
  }
}
