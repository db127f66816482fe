import type { FileMetaData } from 'hyparquet'
import { UserError } from '../../errors.ts'
import type { ByteReader } from './byte-reader.ts'
import { parseFooter } from './footer.ts'

/** One Parquet file of a source, local or remote. */
export interface ParquetFile {
  /** Path in the source, with `/`. */
  readonly path: string
  readonly sizeBytes: number
  /** A text that changes whenever the content may have changed. */
  readonly version: string
  /** Returns the end of the file, see `readFooter`. */
  readFooter(): Promise<Uint8Array>
  /** The caller must close the reader. */
  open(): Promise<ByteReader>
}

/** Throws a UserError when the metadata can't be read. */
export async function readMetadata(file: ParquetFile): Promise<FileMetaData> {
  try {
    return parseFooter(await file.readFooter())
  } catch (error) {
    throw explainDamage(error, file)
  }
}

/** Explains an error inside a file. Errors that are already explained are returned unchanged. */
export function explainDamage(error: unknown, { path }: ParquetFile): unknown {
  if (isStop(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new UserError(`${path} can't be read: ${message}.`, {
    code: 'parquet-unreadable',
    hint: 'Look whether the file is whole: fetch or write it anew, then run the same command again.',
    cause: error,
  })
}

/** Returns true for errors that don't concern the file: the network failed, or the run was stopped. */
export function isStop(error: unknown): boolean {
  if (error instanceof UserError || !(error instanceof Error)) return true
  return error.name === 'AbortError' || error.name === 'StoppedError'
}
