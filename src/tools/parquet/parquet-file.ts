import type { FileMetaData } from 'hyparquet'
import { UserError } from '../../errors.ts'
import type { ByteReader } from './byte-reader.ts'
import { parseFooter } from './footer.ts'

/** One Parquet file of a source, wherever it lies. */
export interface ParquetFile {
  /** Path in the source, with `/`. */
  readonly path: string
  readonly sizeBytes: number
  /** Changes whenever the content may have changed. */
  readonly version: string
  /** Its end: see `readFooter`. */
  readFooter(): Promise<Uint8Array>
  /** Whoever opens it closes it. */
  open(): Promise<ByteReader>
}

/** Throws a UserError when it can't be read. */
export async function readMetadata(file: ParquetFile): Promise<FileMetaData> {
  try {
    return parseFooter(await file.readFooter())
  } catch (error) {
    throw explainDamage(error, file)
  }
}

/** What went wrong inside a file, for a person. Errors that say it already are returned as they are. */
export function explainDamage(error: unknown, { path }: ParquetFile): unknown {
  if (isStop(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new UserError(`${path} can't be read: ${message}.`, {
    code: 'parquet-unreadable',
    hint: 'Look whether the file is whole: fetch or write it anew, then run the same command again.',
    cause: error,
  })
}

/** Nothing is wrong with the file: the network is gone, or the run was stopped. */
export function isStop(error: unknown): boolean {
  if (error instanceof UserError || !(error instanceof Error)) return true
  return error.name === 'AbortError' || error.name === 'StoppedError'
}
