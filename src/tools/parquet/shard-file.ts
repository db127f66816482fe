/** Writes one Parquet file row by row. */
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
  /** When it resolves, the row's buffers may be reused. */
  add(row: DatasetRow): Promise<void>
  /** Resolves when everything is on disk and the file is closed. */
  finish(): Promise<WrittenFile>
  /** Closes an incomplete file. */
  close(): Promise<void>
}

/** Throws a UserError when the disk is full or permission is denied; so do the methods of the result. */
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

/** Amount after which data is flushed to disk. */
const SYNC_BYTES = 1 << 25

/** Hashes while writing, and flushes in the background, so that little work remains at the end. */
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

/** Returns the number of bytes written. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await handle.writev(pieces)
  if (bytesWritten === total) return total
  const rest = Buffer.concat(pieces, total).subarray(bytesWritten)
  await handle.appendFile(rest)
  return total
}

/** Runs at most one flush at a time, in the background. */
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
