/** One Parquet file of rows, written group by group. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { planParquet, ROWS_PER_GROUP, type DatasetRow } from '../../dataset/parquet-rows.ts'
import { fileError } from '../files/atomic-write.ts'

/** So small that a picture has a page to itself: memory for larger ones is enlarged, and copied, again and again. */
const PAGE_BYTES = 65_536

export interface WrittenFile {
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

export interface ShardFile {
  /** Rows are held until a group is full. */
  add(row: DatasetRow): Promise<void>
  /** Everything is on the disk when this returns, and the file is closed. */
  finish(): Promise<WrittenFile>
  /** Closes a file that is not whole. */
  close(): Promise<void>
}

/** Throws a UserError, as all that it returns does, when disk or permissions say no. */
export async function openShardFile(path: string, fingerprint: string): Promise<ShardFile> {
  const { columns, ...plan } = planParquet(fingerprint)
  const output = new PageWriter()
  const parquet = new ParquetWriter({ writer: output, ...plan })
  const file = await openHashedFile(path)
  let group: DatasetRow[] = []
  let rows = 0
  const writeGroup = async (): Promise<void> => {
    const columnData = columns.map((column) => ({ ...column, data: group.map((row) => row[column.name]) }))
    rows += group.length
    group = []
    void parquet.write({ columnData, rowGroupSize: ROWS_PER_GROUP, pageSize: PAGE_BYTES })
    await file.write(output.take())
  }
  return {
    async add(row) {
      group.push(row)
      if (group.length === ROWS_PER_GROUP) await writeGroup()
    },
    async finish() {
      if (group.length > 0) await writeGroup()
      void parquet.finish()
      await file.write(output.take())
      return { rows, ...(await file.finish()) }
    },
    close: () => file.close(),
  }
}

/** Larger pieces are taken as they are. */
const SMALL_BYTES = 16_384

/** Collects what goes to the file. Pages are not copied: nobody else holds them. */
class PageWriter extends ByteWriter {
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

interface HashedFile {
  write(pieces: readonly Uint8Array[]): Promise<void>
  finish(): Promise<Pick<WrittenFile, 'bytes' | 'sha256'>>
  close(): Promise<void>
}

/** Hashed while it is written, and on its way to the disk meanwhile, so that little is left to wait for at the end. */
async function openHashedFile(path: string): Promise<HashedFile> {
  const explain = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(fileError(error, path)))
  const handle = await explain(open(path, 'w'))
  const hash = createHash('sha256')
  const sync = startSyncs(handle)
  let bytes = 0
  return {
    async write(pieces) {
      for (const piece of pieces) hash.update(piece)
      bytes += await explain(writeAll(handle, pieces))
      sync.start()
    },
    async finish() {
      await explain(sync.end())
      await explain(handle.sync())
      await handle.close()
      return { bytes, sha256: hash.digest('hex') }
    },
    async close() {
      await sync.end().catch(() => undefined)
      await handle.close()
    },
  }
}

/** Gives how many bytes there were. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await handle.writev(pieces)
  if (bytesWritten === total) return total
  const rest = Buffer.concat(pieces, total).subarray(bytesWritten)
  await handle.appendFile(rest)
  return total
}

/** At most one sync at a time, while other work goes on. */
function startSyncs(handle: FileHandle) {
  let under: Promise<void> | null = null
  let failure: { readonly error: unknown } | null = null
  return {
    start(): void {
      under ??= handle
        .datasync()
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(() => (under = null))
    },
    async end(): Promise<void> {
      await under
      if (failure !== null) throw failure.error
    },
  }
}
