/** One Parquet file of rows, written row by row. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { ParquetWriter } from 'hyparquet-writer'
import { planParquet, ROWS_PER_GROUP, type DatasetRow } from '../../formats/parquet/parquet-rows.ts'
import { fileError } from '../../file-error.ts'
import { PageWriter } from './page-writer.ts'
import { RowGroupWriter } from './row-group.ts'

export interface WrittenFile {
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

export interface ShardFile {
  /** Afterwards the memory of the row's picture is free again. */
  add(row: DatasetRow): Promise<void>
  /** Everything is on the disk when this returns, and the file is closed. */
  finish(): Promise<WrittenFile>
  /** Closes a file that is not whole. */
  close(): Promise<void>
}

/** Throws a UserError, as all that it returns does, when disk or permissions say no. */
export async function openShardFile(path: string, fingerprint: string): Promise<ShardFile> {
  const output = new PageWriter()
  const parquet = new ParquetWriter({ writer: output, ...planParquet(fingerprint) })
  const file = await openHashedFile(path)
  let group: RowGroupWriter | null = null
  let rows = 0
  const finishGroup = (): void => {
    group?.finish()
    group = null
  }
  return {
    async add(row) {
      group ??= new RowGroupWriter(output, parquet)
      group.add(row)
      rows++
      if (group.rows === ROWS_PER_GROUP) finishGroup()
      await file.write(output.take())
    },
    async finish() {
      finishGroup()
      void parquet.finish()
      await file.write(output.take())
      return { rows, ...(await file.finish()) }
    },
    close: () => file.close(),
  }
}

interface HashedFile {
  write(pieces: readonly Uint8Array[]): Promise<void>
  finish(): Promise<Pick<WrittenFile, 'bytes' | 'sha256'>>
  close(): Promise<void>
}

/** Sent to the disk at once. */
const SYNC_BYTES = 1 << 25

/** Hashed while it is written, and on its way to the disk meanwhile, so that little is left to wait for at the end. */
async function openHashedFile(path: string): Promise<HashedFile> {
  const explain = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(fileError(error, path)))
  const handle = await explain(open(path, 'w'))
  const hash = createHash('sha256')
  const sync = startSyncs(handle)
  let [bytes, fresh] = [0, 0]
  return {
    async write(pieces) {
      for (const piece of pieces) hash.update(piece)
      const written = await explain(writeAll(handle, pieces))
      bytes += written
      fresh += written
      if (fresh < SYNC_BYTES) return
      fresh = 0
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
