/** A large file whose hash nobody publishes: that of the first download is written down, and counts from then on. */
import { mkdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { writeFileAtomic } from './atomic-write.ts'
import { downloadFile } from './download.ts'
import { hashFile } from './hash-file.ts'

/** Beside the file, as `FILE.json`. */
export interface FileRecord {
  readonly v: 1
  readonly url: string
  readonly sizeBytes: number
  /** In hexadecimal. */
  readonly sha256: string
  readonly firstFetchedAt: string
}

export interface FetchOnceOptions {
  readonly url: string
  readonly to: string
  /** About; checked against the free space first. */
  readonly expectedBytes: number
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: number, totalBytes: number | null) => void
  /** While the hash is taken. */
  readonly onHashing: (doneBytes: number, totalBytes: number) => void
  /** Throws when a file is not what it should be: an answer of a proxy, say. Such a one is not kept. */
  readonly check: (file: string) => Promise<unknown>
}

/** What was written down of a file that is there, whole; else null. */
export async function findFetched(file: string): Promise<FileRecord | null> {
  const record = await readRecord(file)
  const found = await stat(file).catch(() => null)
  return record !== null && found?.size === record.sizeBytes ? record : null
}

/** Goes on where an earlier try stopped. Other bytes than the first time: UserError `download-changed`, exit code 9. */
export async function fetchOnce(options: FetchOnceOptions): Promise<FileRecord> {
  const { url, to, signal, onProgress, check } = options
  const known = await readRecord(to)
  const isThere = (await stat(to).catch(() => null)) !== null
  // Someone may have put it there by hand; one that is known, and differs, is fetched again.
  if (!isThere || known !== null) {
    await checkSpace(options)
    await downloadFile({ url, to, signal, onProgress, ...(known && { sha256: known.sha256 }) }).catch(
      (error: unknown) => {
        throw known !== null && isOtherHash(error) ? changedError(options, known) : error
      },
    )
  }
  if (known !== null) return known
  await check(to).catch(async (error: unknown) => {
    await rm(to, { force: true })
    throw error
  })
  return writeRecord(options)
}

async function readRecord(file: string): Promise<FileRecord | null> {
  try {
    return JSON.parse(await readFile(recordFile(file), 'utf8')) as FileRecord
  } catch {
    return null
  }
}

async function writeRecord({ url, to, signal, onHashing }: FetchOnceOptions): Promise<FileRecord> {
  const { size } = await stat(to)
  const record: FileRecord = {
    v: 1,
    url,
    sizeBytes: size,
    sha256: await hashFile(to, { signal, onProgress: (done) => onHashing(done, size) }),
    firstFetchedAt: new Date().toISOString(),
  }
  await writeFileAtomic(recordFile(to), `${JSON.stringify(record, null, 2)}\n`)
  return record
}

const recordFile = (file: string): string => `${file}.json`

/** Better now than after hours. */
async function checkSpace({ to, expectedBytes }: FetchOnceOptions): Promise<void> {
  const folder = dirname(to)
  await mkdir(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const have = (await stat(`${to}.part`).catch(() => null))?.size ?? 0
  if (bavail * bsize >= expectedBytes - have) return
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
  const found = `needs ${gigabytes(expectedBytes - have)}, and ${folder} has ${gigabytes(bavail * bsize)} free`
  throw new UserError(`${to} ${found}.`, {
    code: 'disk-full',
    hint: 'Free some space, or set CNK_HOME to a folder on a larger disk',
  })
}

const isOtherHash = (error: unknown): boolean => error instanceof UserError && error.code === 'download-hash'

function changedError({ url, to }: FetchOnceOptions, { sha256, firstFetchedAt }: FileRecord): UserError {
  return new UserError(
    `${url} is not what it was on ${firstFetchedAt.slice(0, 10)}: expected sha256 ${sha256}. Nothing of it was kept.`,
    {
      reason: 'integrity',
      code: 'download-changed',
      hint: `If its makers say that it changed, remove ${recordFile(to)} and fetch again`,
    },
  )
}
