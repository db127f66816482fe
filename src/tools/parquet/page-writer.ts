/** Collects what goes to a file, as pieces: pages of pictures are not copied. */
import { ByteWriter } from 'hyparquet-writer'

/** Larger pieces are taken as they are. */
const SMALL_BYTES = 16_384

export class PageWriter extends ByteWriter {
  #pieces: Uint8Array[] = []

  override appendBytes(bytes: Uint8Array): void {
    if (bytes.length <= SMALL_BYTES) return super.appendBytes(bytes)
    this.#cut()
    this.#pieces.push(bytes)
    this.offset += bytes.length
  }

  /** All since the last time. */
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
