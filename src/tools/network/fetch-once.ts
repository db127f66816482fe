/**
 * Downloads a large file whose hash is not published: the hash of the first download is recorded, and later downloads must
 * match it.
 */
import { mkdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../../errors.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { downloadFile, type DownloadOptions } from './download.ts'
import { hashFile } from '../files/hash-file.ts'
import { formatGigabytes } from '../../words.ts'

/** Record of the first download. */
export interface FetchRecord {
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
  /** File in which the record is kept. It remains when the downloaded file is removed. */
  readonly record: string
  /** Approximate size; compared with the free space first. */
  readonly expectedBytes: number
  /** Settings for the file's host. */
  readonly host?: DownloadOptions['host']
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: number, totalBytes: number | null) => void
  /** Called before each retry. */
  readonly onWait?: DownloadOptions['onWait']
  /** Progress while the file is hashed. */
  readonly onHashing: (doneBytes: number, totalBytes: number) => void
  /** Throws when the file is not what it should be, such as a proxy's error page. Such a file is removed. */
  readonly check: (file: string) => Promise<unknown>
}

/**
 * Continues an interrupted download. A file that already exists, even one copied there by hand, is not downloaded. Throws the
 * UserError `download-changed` (exit code 9) when the bytes differ from the first download.
 */
export async function fetchOnce(options: FetchOnceOptions): Promise<FetchRecord> {
  const { to, record, check } = options
  const known = await readFetchRecord(record)
  if (known !== null) {
    if (!(await isKnown(known, options))) await fetchAgain(known, options)
    return known
  }
  if ((await findSize(to)) === null) await download(options)
  await check(to).catch(async (error: unknown) => {
    await rm(to, { force: true })
    throw error
  })
  return writeRecord(options)
}

/** Returns null when the file was never downloaded completely. */
export async function readFetchRecord(record: string): Promise<FetchRecord | null> {
  try {
    const found = JSON.parse(await readFile(record, 'utf8')) as FetchRecord | null
    return found?.v === 1 ? found : null
  } catch {
    return null
  }
}

/** Returns the record if the file exists with the recorded size; else null. */
export async function findFetched(file: string, record: string): Promise<FetchRecord | null> {
  const known = await readFetchRecord(record)
  return known !== null && (await findSize(file)) === known.sizeBytes ? known : null
}

async function isKnown({ sizeBytes, sha256 }: FetchRecord, options: FetchOnceOptions): Promise<boolean> {
  return (await findSize(options.to)) === sizeBytes && (await hashOf(options, sizeBytes)) === sha256
}

async function fetchAgain(known: FetchRecord, options: FetchOnceOptions): Promise<void> {
  await download(options, known.sha256).catch((error: unknown) => {
    throw isOtherHash(error) ? changedError(options, known) : error
  })
}

async function download(options: FetchOnceOptions, sha256?: string): Promise<void> {
  const { url, to, host, signal, onProgress, onWait } = options
  await checkSpace(options)
  await downloadFile({
    ...{ url, to, signal, onProgress },
    ...(onWait !== undefined && { onWait }),
    ...(host !== undefined && { host }),
    ...(sha256 !== undefined && { sha256 }),
  })
}

async function writeRecord(options: FetchOnceOptions): Promise<FetchRecord> {
  const { url, to, record } = options
  const { size } = await stat(to)
  const sha256 = await hashOf(options, size)
  const found: FetchRecord = {
    ...{ v: 1, url, sizeBytes: size, sha256 },
    firstFetchedAt: new Date().toISOString(),
  }
  await writeFileAtomic(record, `${JSON.stringify(found, null, 2)}\n`)
  return found
}

function hashOf({ to, signal, onHashing }: FetchOnceOptions, sizeBytes: number): Promise<string> {
  return hashFile(to, { signal, onProgress: (done) => onHashing(done, sizeBytes) })
}

async function findSize(file: string): Promise<number | null> {
  const found = await stat(file).catch(() => null)
  return found && found.size
}

/** Fails early instead of after hours of downloading. */
async function checkSpace({ to, expectedBytes }: FetchOnceOptions): Promise<void> {
  const folder = dirname(to)
  await mkdir(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const missing = expectedBytes - ((await findSize(`${to}.part`)) ?? 0)
  if (bavail * bsize >= missing) return
  const found = `needs ${formatGigabytes(missing)}, and ${folder} has ${formatGigabytes(bavail * bsize)} free`
  throw new UserError(`${to} ${found}.`, {
    code: 'disk-full',
    hint: 'Free some space, or set CNK_HOME to a folder on a larger disk',
  })
}

const isOtherHash = (error: unknown): boolean => error instanceof UserError && error.code === 'download-hash'

function changedError({ url, record }: FetchOnceOptions, { sha256, firstFetchedAt }: FetchRecord): UserError {
  return new UserError(
    `${url} is not what it was on ${firstFetchedAt.slice(0, 10)}: expected sha256 ${sha256}. Nothing of it was kept.`,
    {
      reason: 'integrity',
      code: 'download-changed',
      hint: `If its makers say that it changed, remove ${record} and fetch again`,
    },
  )
}
