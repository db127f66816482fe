/** Reads the pictures of one row group on demand. */
import type { FileMetaData } from 'hyparquet'
import type { ByteReader } from './byte-reader.ts'
import { ColumnCursor } from './column-cursor.ts'
import { findChunk, type Leaf, type RowGroupPlace } from './footer.ts'
import type { ParquetFile } from './parquet-file.ts'

/** Content of a cell: bytes, a file name instead of bytes, or nothing. */
export type PictureCell =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'empty' }

interface GroupOptions {
  readonly file: number
  readonly group: RowGroupPlace
  readonly source: ParquetFile
  readonly metadata: FileMetaData
  /** Null when the column only contains file names, in `path`. */
  readonly bytes: Leaf | null
  readonly path: Leaf | null
}

interface Opened {
  readonly reader: ByteReader
  readonly cells: ColumnCursor
  /** True when the cells contain pictures, false when they contain file names. */
  readonly hasBytes: boolean
  readonly openPaths: (() => Promise<ColumnCursor>) | null
}

/** The row group that is being read. Row numbers count from the start of the file. */
export class OpenGroup {
  readonly #file: number
  readonly #group: RowGroupPlace
  readonly #reader: ByteReader
  readonly #cells: ColumnCursor
  readonly #hasBytes: boolean
  readonly #openPaths: (() => Promise<ColumnCursor>) | null
  #paths: ColumnCursor | null = null

  static async open({ file, group, source, metadata, bytes, path }: GroupOptions): Promise<OpenGroup> {
    const reader = await source.open()
    const openLeaf = (leaf: Leaf) => ColumnCursor.open(findChunk(metadata, group.index, leaf, reader))
    try {
      const cells = await openLeaf((bytes ?? path)!)
      const openPaths = path === null ? null : () => openLeaf(path)
      return new OpenGroup(file, group, { reader, cells, hasBytes: bytes !== null, openPaths })
    } catch (error) {
      await reader.close()
      throw error
    }
  }

  private constructor(file: number, group: RowGroupPlace, opened: Opened) {
    this.#file = file
    this.#group = group
    this.#reader = opened.reader
    this.#cells = opened.cells
    this.#hasBytes = opened.hasBytes
    this.#openPaths = opened.openPaths
  }

  /** Returns the next row. */
  position(): { file: number; row: number } {
    return { file: this.#file, row: this.#group.first + this.#cells.next }
  }

  /** Returns true when the row can be read without going back. */
  covers(file: number, row: number): boolean {
    return file === this.#file && row >= this.position().row && row < this.#group.end
  }

  async read(row: number): Promise<PictureCell> {
    const within = row - this.#group.first
    const cell = await this.#cells.read(within)
    const isFilled = cell !== null && cell.length > 0
    if (isFilled && this.#hasBytes) return { kind: 'bytes', bytes: cell }
    const path = isFilled ? Buffer.from(cell).toString() : await this.#readPath(within)
    return path === null ? { kind: 'empty' } : { kind: 'path', path }
  }

  async close(): Promise<void> {
    await this.#cells.close()
    await this.#paths?.close()
    await this.#reader.close()
  }

  async #readPath(row: number): Promise<string | null> {
    if (this.#openPaths === null || !this.#hasBytes) return null
    this.#paths ??= await this.#openPaths()
    const path = await this.#paths.read(row)
    return path === null || path.length === 0 ? null : Buffer.from(path).toString()
  }
}
