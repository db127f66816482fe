/** A large file whose hash nobody publishes: that of the first download is written down, and counts from then on. */
import { mkdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../../errors.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { downloadFile, type DownloadOptions } from './download.ts'
import { hashFile } from '../files/hash-file.ts'
import { formatGigabytes } from '../../words.ts'

/** Of the first download, for all later ones. */
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
  /** Where the record is kept. It outlives the file. */
  readonly record: string
  /** About; checked against the free space first. */
  readonly expectedBytes: number
  /** What its host needs beside the usual. */
  readonly host?: DownloadOptions['host']
  readonly signal: AbortSignal
  readonly onProgress: (doneBytes: number, totalBytes: number | null) => void
  /** Called before the same is asked again. */
  readonly onWait?: DownloadOptions['onWait']
  /** While the hash is taken. */
  readonly onHashing: (doneBytes: number, totalBytes: number) => void
  /** Throws when a file is not what it should be: an answer of a proxy, say. Such a one is not kept. */
  readonly check: (file: string) => Promise<unknown>
}

/**
 * Goes on where an earlier try stopped; a file that is there already, also by hand, is not fetched. Other bytes than the
 * first time: UserError `download-changed`, exit code 9.
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

/** Null when it was never fetched whole. */
export async function readFetchRecord(record: string): Promise<FetchRecord | null> {
  try {
    const found = JSON.parse(await readFile(record, 'utf8')) as FetchRecord | null
    return found?.v === 1 ? found : null
  } catch {
    return null
  }
}

/** What was written down of a file that is there, whole; else null. */
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

/** Better now than after hours. */
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
