/** Reads the pictures of one column across files. Requests come roughly in order, and then each byte is read once. */
import { PictureError } from '../images/picture-error.ts'
import type { FileMetaData } from 'hyparquet'
import { findGroup, listColumns } from './footer.ts'
import { OpenGroup, type PictureCell } from './open-group.ts'
import { isStop, readMetadata, type ParquetFile } from './parquet-file.ts'

interface Request {
  readonly file: number
  readonly row: number
  readonly resolve: (cell: PictureCell) => void
  readonly reject: (error: unknown) => void
}

/** Recent cells are kept, because requests come slightly out of order and some come twice. */
const RECENT_BYTES = 32 << 20
const RECENT_CELLS = 32

export class PictureColumn {
  readonly #files: readonly ParquetFile[]
  readonly #name: string
  readonly #recent = new Map<string, PictureCell>()
  /** Row group → first damaged row: from there on rows are not tried again. */
  readonly #damaged = new Map<string, { readonly row: number; readonly error: PictureError }>()
  #waiting: Request[] = []
  #running: Promise<void> | null = null
  #open: OpenGroup | null = null
  #metadata: { readonly file: number; readonly metadata: FileMetaData } | null = null

  constructor(files: readonly ParquetFile[], name: string) {
    this.#files = files
    this.#name = name
  }

  /** Throws PictureError for a row that can't be used. */
  read(file: number, row: number): Promise<PictureCell> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, row, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  async close(): Promise<void> {
    await this.#running
    await this.#closeGroup()
  }

  async #run(): Promise<void> {
    // Requests of the same moment are sorted first.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const request = this.#choose()
      this.#waiting = this.#waiting.filter((each) => each !== request)
      await this.#answer(request).catch((error: unknown) => this.#fail(request, error))
    }
    this.#running = null
  }

  /** Returns the nearest request ahead; if all lie behind, the first one. */
  #choose(): Request {
    const here = this.#open?.position() ?? { file: 0, row: 0 }
    const sorted = [...this.#waiting].sort(compare)
    return sorted.find((request) => compare(request, here) >= 0) ?? sorted[0]!
  }

  async #answer(request: Request): Promise<void> {
    const { file, row } = request
    const key = `${file}/${row}`
    let cell = this.#recent.get(key)
    if (cell === undefined) {
      cell = await this.#readCell(file, row)
      this.#remember(key, cell)
    }
    request.resolve(cell)
  }

  async #readCell(file: number, row: number): Promise<PictureCell> {
    const metadata = await this.#readMetadata(file)
    const group = findGroup(metadata, row)
    const key = `${file}/${group.index}`
    const damage = this.#damaged.get(key)
    if (damage !== undefined && row >= damage.row) throw damage.error
    try {
      return await (await this.#seek(file, row, metadata)).read(row)
    } catch (error) {
      if (error instanceof PictureError) throw error
      await this.#closeGroup()
      if (isStop(error)) throw error
      const message = error instanceof Error ? error.message : String(error)
      const damaged = new PictureError(
        'unreadable',
        `its Parquet file is damaged or unusual: ${message}`,
        error,
      )
      this.#damaged.set(key, { row, error: damaged })
      throw damaged
    }
  }

  async #readMetadata(file: number): Promise<FileMetaData> {
    if (this.#metadata?.file !== file)
      this.#metadata = { file, metadata: await readMetadata(this.#files[file]!) }
    return this.#metadata.metadata
  }

  /** When nothing more can be read, all waiting requests fail at once. */
  #fail(request: Request, error: unknown): void {
    const concerned = error instanceof PictureError ? [] : this.#waiting.splice(0)
    for (const each of [request, ...concerned]) each.reject(error)
  }

  async #seek(file: number, row: number, metadata: FileMetaData): Promise<OpenGroup> {
    if (this.#open?.covers(file, row)) return this.#open
    await this.#closeGroup()
    const column = listColumns(metadata).find(({ name }) => name === this.#name)
    if (column === undefined || (column.bytes ?? column.path) === null)
      throw new Error(`it has no pictures in ${this.#name}`)
    const { bytes, path } = column
    const group = findGroup(metadata, row)
    this.#open = await OpenGroup.open({
      file,
      group,
      source: this.#files[file]!,
      metadata,
      bytes,
      path,
    })
    return this.#open
  }

  async #closeGroup(): Promise<void> {
    const open = this.#open
    this.#open = null
    await open?.close()
  }

  #remember(key: string, cell: PictureCell): void {
    this.#recent.set(key, cell)
    let bytes = [...this.#recent.values()].reduce((sum, each) => sum + measure(each), 0)
    for (const [oldest, each] of this.#recent) {
      if (bytes <= RECENT_BYTES && this.#recent.size <= RECENT_CELLS) break
      this.#recent.delete(oldest)
      bytes -= measure(each)
    }
  }
}

interface Place {
  readonly file: number
  readonly row: number
}

function compare(a: Place, b: Place): number {
  return a.file - b.file || a.row - b.row
}

function measure(cell: PictureCell): number {
  return cell.kind === 'bytes' ? cell.bytes.length : 0
}
