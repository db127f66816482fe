/** Reads and checks the central directory of a zip archive, without opening any entry. */
import { createHash } from 'node:crypto'
import { parseDirectory, type ZipDirectory } from '../../formats/zip/directory.ts'
import { parseEndRecord, TAIL_BYTES } from '../../formats/zip/end-record.ts'
import { checkDirectoryPlace } from '../../formats/zip/entry-checks.ts'
import { damaged, ZipError } from '../../formats/zip/zip-error.ts'
import { UserError } from '../../errors.ts'
import { adviseReading, describeFileProblem } from '../../file-error.ts'
import { openArchiveFile, type ArchiveFile } from './archive-file.ts'

export interface ZipContent {
  readonly directory: ZipDirectory
  /** Version of the archive's files, see `archive-file.ts`. */
  readonly version: string
  /** sha256 of the directory, which contains names, sizes, checksums and offsets. */
  readonly digest: string
}

/** `shown` is the archive's name in messages. Throws a UserError when the archive can't be read or is unsafe. */
export async function readZipDirectory(file: string, shown = file): Promise<ZipContent> {
  const archive = await openArchiveFile(file).catch((error: unknown) => {
    throw unreadable(shown, error)
  })
  try {
    return await readDirectory(archive)
  } catch (error) {
    throw error instanceof ZipError ? explain(error, shown, archive.parts) : unreadable(shown, error)
  } finally {
    await archive.close()
  }
}

async function readDirectory(archive: ArchiveFile): Promise<ZipContent> {
  const { sizeBytes, version } = archive
  const tail = await archive.read(Math.max(0, sizeBytes - TAIL_BYTES), TAIL_BYTES)
  const place = parseEndRecord(tail, sizeBytes)
  checkDirectoryPlace(place)
  const bytes = await archive.read(place.offset, place.bytes)
  if (bytes.length < place.bytes) throw damaged('was cut short while it was read')
  return {
    directory: parseDirectory(bytes, place),
    version,
    digest: createHash('sha256').update(bytes).digest('hex'),
  }
}

function explain({ code, message, remedy }: ZipError, shown: string, parts: number): UserError {
  const which = parts > 1 ? ` (read as ${parts} parts)` : ''
  return new UserError(`${shown}${which} ${message}.`, { reason: 'preflight', code, hint: remedy })
}

function unreadable(shown: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new UserError(
    `${shown} can't be read: ${code === 'ENOENT' ? 'it is not there' : describeFileProblem(error)}.`,
    {
      reason: 'preflight',
      code: 'zip-unreadable',
      hint: code === 'ENOENT' ? 'Correct dataset.source.' : adviseReading(error),
      cause: error,
    },
  )
}
