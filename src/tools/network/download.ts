/** Downloads one file over HTTP; the file appears only when it is complete and verified. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import type { Response } from 'undici'
import { ask, type Answer, type Question } from './ask.ts'
import { explainDisk, formatUrl, hashError, refuseOffline, statusError } from './download-errors.ts'
import { hashFile } from '../files/hash-file.ts'
import {
  isOtherPart,
  isWhole,
  rangeHeaders,
  readBegun,
  removeVersion,
  writeVersion,
  type Begun,
} from './partial-file.ts'

export interface DownloadOptions {
  readonly url: string
  readonly to: string
  /** Verified at the end. Without it, an interrupted download only continues while the server's copy is unchanged. */
  readonly sha256?: string
  /** Settings for this host: a token, a time limit, its error messages. */
  readonly host?: Partial<Pick<Question, 'credential' | 'timeoutMs' | 'refuse'>>
  readonly signal: AbortSignal
  readonly onProgress?: (doneBytes: number, totalBytes: number | null) => void
  /** Called before each retry: `host answered 503; asking again in 4 s.` */
  readonly onWait?: (message: string) => void
}

/** After this time without data the server counts as dead. */
const IDLE_MS = 60_000

export async function downloadFile(options: DownloadOptions): Promise<void> {
  const part = `${options.to}.part`
  await mkdir(dirname(options.to), { recursive: true })
  const resumed = await fetchRest(part, options)
  if (!(await hasHash(part, options))) {
    await rm(part, { force: true })
    // The first part may come from an older version of the file.
    if (resumed) return downloadFile(options)
    throw hashError(options.url, options.sha256)
  }
  await rename(part, options.to)
  await removeVersion(part)
}

async function hasHash(file: string, { sha256, signal }: DownloadOptions): Promise<boolean> {
  return sha256 === undefined || (await hashFile(file, { signal })) === sha256
}

/** Downloads the missing rest of `part`. Returns true when an earlier download had begun it. */
async function fetchRest(part: string, options: DownloadOptions): Promise<boolean> {
  refuseOffline(options.url, options.to)
  const { signal, onWait } = options
  let begun = await readBegun(part, options)
  let isOld = begun.bytes > 0
  let most = 0
  const prepare = async (): Promise<Question> => {
    begun = await readBegun(part, options)
    most = Math.max(most, begun.bytes)
    return { ...planQuestion(options), headers: rangeHeaders(begun) }
  }
  const use = (answer: Answer): Promise<'resumed' | 'new' | 'unfit'> => {
    const onData = (done: number): void => {
      answer.alive(done > most)
      most = Math.max(most, done)
    }
    return receive(answer, { part, begun, onData }, options).catch((error: unknown) => {
      throw explainDisk(error, options.to)
    })
  }
  const wait = (why: string, ms: number): void =>
    onWait?.(`${why}; asking again in ${Math.ceil(ms / 1000)} s.`)
  for (;;) {
    const how = await ask(prepare, use, { signal, onWait: wait })
    isOld &&= how === 'resumed'
    if (how !== 'unfit') return isOld
    await rm(part, { force: true })
  }
}

function planQuestion({ url, host }: DownloadOptions): Omit<Question, 'headers'> {
  const shown = formatUrl(url)
  return {
    url,
    timeoutMs: IDLE_MS,
    accepts: [416],
    refuse: (status) => statusError(url, status),
    failed: `${shown} could not be fetched`,
    kept: 'What arrived is kept; the next try goes on from there.',
    ...host,
  }
}

interface ReceiveOptions {
  readonly part: string
  readonly begun: Begun
  readonly onData: (doneBytes: number) => void
}

/** Returns `unfit` when the existing part does not belong to the server's current file. */
async function receive(
  { response }: Answer,
  { part, begun, onData }: ReceiveOptions,
  options: DownloadOptions,
): Promise<'resumed' | 'new' | 'unfit'> {
  const { status } = response
  // 416 means that there is no more data. The hash, or the total length, tells whether the part is complete.
  if (status === 416 && isWhole(response, begun, options)) return 'resumed'
  if (status === 416 || response.body === null || isOtherPart(response, begun)) {
    await response.body?.cancel()
    if (begun.bytes > 0) return 'unfit'
    throw planQuestion(options).refuse(status, response.headers)
  }
  const start = status === 206 ? begun.bytes : 0
  if (start === 0) await writeVersion(part, response, options)
  await save(response, { part, start, onProgress: options.onProgress, onData, signal: options.signal })
  return start > 0 ? 'resumed' : 'new'
}

interface SaveOptions {
  readonly part: string
  readonly start: number
  readonly onProgress: DownloadOptions['onProgress']
  readonly onData: (doneBytes: number) => void
  readonly signal: AbortSignal
}

async function save(
  response: Response,
  { part, start, onProgress, onData, signal }: SaveOptions,
): Promise<void> {
  const length = response.headers.get('content-length')
  // With a content encoding, the length is that of the encoded bytes.
  const encoded = response.headers.get('content-encoding') !== null
  const total = length === null || encoded ? null : start + Number(length)
  let done = start
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length
      onData(done)
      onProgress?.(done, total)
      next(null, chunk)
    },
  })
  const out = createWriteStream(part, { flags: start > 0 ? 'a' : 'w' })
  await pipeline(Readable.fromWeb(response.body as ReadableStream), count, out, { signal })
  if (total !== null && done !== total) throw new Error(`got ${done} of ${total} bytes`)
}
