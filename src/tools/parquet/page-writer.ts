/** Collects the output as a list of pieces, so that large values are not copied. */
import { ByteWriter } from 'hyparquet-writer'

/** Larger pieces are not copied. */
const SMALL_BYTES = 16_384

export class PageWriter extends ByteWriter {
  #pieces: Uint8Array[] = []

  override appendBytes(bytes: Uint8Array): void {
    if (bytes.length <= SMALL_BYTES) return super.appendBytes(bytes)
    this.#cut()
    this.#pieces.push(bytes)
    this.offset += bytes.length
  }

  /** Returns all pieces since the last call. */
  take(): Uint8Array[] {
    this.#cut()
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  #cut(): void {
    if (this.index > 0) this.#pieces.push(this.getBytes().slice())
    this.index = 0
  }
}
