/** The pictures of one row group, read as they are asked for. */
import type { FileMetaData } from 'hyparquet'
import type { ByteReader } from './byte-reader.ts'
import { ColumnCursor } from './column-cursor.ts'
import { findChunk, type Leaf, type RowGroupPlace } from './footer.ts'
import type { ParquetFile } from './parquet-file.ts'

/** What a row has: bytes, the name of a file in their place, or nothing. */
export type PictureCell =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'empty' }

interface GroupOptions {
  readonly file: number
  readonly group: RowGroupPlace
  readonly source: ParquetFile
  readonly metadata: FileMetaData
  readonly bytes: Leaf
  readonly path: Leaf | null
}

/** The row group of pictures that is being read. Rows are counted in the file. */
export class OpenGroup {
  readonly #file: number
  readonly #group: RowGroupPlace
  readonly #reader: ByteReader
  readonly #bytes: ColumnCursor
  readonly #openPaths: (() => Promise<ColumnCursor>) | null
  #paths: ColumnCursor | null = null

  static async open({ file, group, source, metadata, bytes, path }: GroupOptions): Promise<OpenGroup> {
    const reader = await source.open()
    const openLeaf = (leaf: Leaf) => ColumnCursor.open(findChunk(metadata, group.index, leaf, reader))
    try {
      const pictures = await openLeaf(bytes)
      return new OpenGroup(file, group, reader, pictures, path === null ? null : () => openLeaf(path))
    } catch (error) {
      await reader.close()
      throw error
    }
  }

  private constructor(
    file: number,
    group: RowGroupPlace,
    reader: ByteReader,
    bytes: ColumnCursor,
    openPaths: (() => Promise<ColumnCursor>) | null,
  ) {
    this.#file = file
    this.#group = group
    this.#reader = reader
    this.#bytes = bytes
    this.#openPaths = openPaths
  }

  /** What comes next. */
  position(): { file: number; row: number } {
    return { file: this.#file, row: this.#group.first + this.#bytes.next }
  }

  /** Whether the row can be read going forward. */
  covers(file: number, row: number): boolean {
    return file === this.#file && row >= this.position().row && row < this.#group.end
  }

  async read(row: number): Promise<PictureCell> {
    const within = row - this.#group.first
    const bytes = await this.#bytes.read(within)
    if (bytes !== null && bytes.length > 0) return { kind: 'bytes', bytes }
    const path = await this.#readPath(within)
    return path === null ? { kind: 'empty' } : { kind: 'path', path }
  }

  async close(): Promise<void> {
    await this.#bytes.close()
    await this.#paths?.close()
    await this.#reader.close()
  }

  async #readPath(row: number): Promise<string | null> {
    if (this.#openPaths === null) return null
    this.#paths ??= await this.#openPaths()
    const path = await this.#paths.read(row)
    return path === null || path.length === 0 ? null : Buffer.from(path).toString()
  }
}
