/** Fetches one file over HTTP: whole, checked and renamed, or not at all. */
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../../errors.ts'
import { hashFile } from './hash-file.ts'

export interface DownloadOptions {
  readonly url: string
  readonly to: string
  /** Checked when all is there. Without it, one that was cut off goes on only while the server's copy is the same. */
  readonly sha256?: string
  readonly signal: AbortSignal
  readonly onProgress?: (doneBytes: number, totalBytes: number | null) => void
}

/** Without a byte for this long, the server is taken for dead. */
const IDLE_MS = 60_000

export async function downloadFile(options: DownloadOptions): Promise<void> {
  const part = `${options.to}.part`
  await mkdir(dirname(options.to), { recursive: true })
  const resumed = await fetchRest(part, options)
  if (!(await hasHash(part, options))) {
    await rm(part, { force: true })
    // The first half may have been of another day.
    if (resumed) return downloadFile(options)
    throw hashError(options)
  }
  await rename(part, options.to)
  await rm(versionFile(part), { force: true })
}

async function hasHash(file: string, { sha256, signal }: DownloadOptions): Promise<boolean> {
  return sha256 === undefined || (await hashFile(file, { signal })) === sha256
}

/** Beside a part whose hash is not known: which version of the file it is a part of. */
const versionFile = (part: string): string => `${part}.version`

/** Appends to `part` what is missing of it. Returns whether there was something to begin with. */
async function fetchRest(part: string, options: DownloadOptions): Promise<boolean> {
  const begun = await readBegun(part, options)
  const idle = new AbortController()
  const signal = AbortSignal.any([options.signal, idle.signal])
  const timer = setTimeout(() => idle.abort(new Error('timeout')), IDLE_MS)
  try {
    const response = await fetch(options.url, { signal, headers: rangeHeaders(begun) })
    // 416: there is no more; the hash tells whether that is right, or the whole length.
    if (response.status === 416 && isWhole(response, begun, options)) return true
    if (begun.bytes > 0 && (response.status === 416 || isOtherPart(response, begun))) {
      await response.body?.cancel()
      await rm(part, { force: true })
      return await fetchRest(part, options)
    }
    if (!response.ok || response.body === null || isOtherPart(response, begun))
      throw statusError(options.url, response.status)
    const start = response.status === 206 ? begun.bytes : 0
    if (start === 0) await writeVersion(part, response, options)
    const { onProgress } = options
    await save(response, { part, start, onProgress, onData: () => timer.refresh(), signal })
    return start > 0
  } catch (error) {
    options.signal.throwIfAborted()
    throw explain(error, options)
  } finally {
    clearTimeout(timer)
  }
}

interface Begun {
  readonly bytes: number
  /** What the server called the version that the part belongs to; null: the hash will tell. */
  readonly version: string | null
}

async function readBegun(part: string, { sha256 }: DownloadOptions): Promise<Begun> {
  const bytes = (await stat(part).catch(() => null))?.size ?? 0
  if (sha256 !== undefined) return { bytes, version: null }
  const version = await readFile(versionFile(part), 'utf8').catch(() => null)
  return version === null ? { bytes: 0, version } : { bytes, version }
}

/** With `if-range`, a server whose file has changed sends all of it. */
function rangeHeaders({ bytes, version }: Begun): Record<string, string> {
  // Places in a compressed answer are not those of the file.
  const plain = { 'accept-encoding': 'identity' }
  if (bytes === 0) return plain
  return { ...plain, range: `bytes=${bytes}-`, ...(version === null ? {} : { 'if-range': version }) }
}

async function writeVersion(part: string, response: Response, { sha256 }: DownloadOptions): Promise<void> {
  await rm(versionFile(part), { force: true })
  if (sha256 !== undefined) return
  const tag = response.headers.get('etag')
  // A weak tag does not promise the same bytes.
  const version = tag?.startsWith('"') === true ? tag : response.headers.get('last-modified')
  await rm(part, { force: true })
  if (version !== null) await writeFile(versionFile(part), version)
}

/** Some caches answer with a part that was not asked for. */
function isOtherPart({ status, headers }: Response, { bytes }: Begun): boolean {
  return status === 206 && headers.get('content-range')?.startsWith(`bytes ${bytes}-`) !== true
}

function isWhole(response: Response, { bytes }: Begun, { sha256 }: DownloadOptions): boolean {
  if (sha256 !== undefined) return bytes > 0
  return response.headers.get('content-range') === `bytes */${bytes}`
}

interface SaveOptions {
  readonly part: string
  readonly start: number
  readonly onProgress: DownloadOptions['onProgress']
  readonly onData: () => void
  readonly signal: AbortSignal
}

async function save(
  response: Response,
  { part, start, onProgress, onData, signal }: SaveOptions,
): Promise<void> {
  const length = response.headers.get('content-length')
  // With a content coding, the length is that of the coded bytes.
  const encoded = response.headers.get('content-encoding') !== null
  const total = length === null || encoded ? null : start + Number(length)
  let done = start
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length
      onData()
      onProgress?.(done, total)
      next(null, chunk)
    },
  })
  const out = createWriteStream(part, { flags: start > 0 ? 'a' : 'w' })
  await pipeline(Readable.fromWeb(response.body!), count, out, { signal })
  if (total !== null && done !== total) throw new Error(`got ${done} of ${total} bytes`)
}

function explain(error: unknown, { url, to }: DownloadOptions): unknown {
  if (error instanceof UserError) return error
  const code = findCode(error)
  if (code === 'ENOSPC') {
    return new UserError(`The disk is full: ${to} could not be saved.`, { code: 'disk-full', cause: error })
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new UserError(`${dirname(to)} can't be written: ${code}.`, {
      code: 'folder-unwritable',
      cause: error,
    })
  }
  const why = code ?? (error instanceof Error ? error.message : String(error))
  return new UserError(`${url} could not be fetched: ${why}.`, {
    code: 'network-missing',
    hint: `${proxyHint()}What arrived is kept; the next try goes on from there`,
    cause: error,
  })
}

/** What is behind `fetch failed`. */
function findCode(error: unknown): string | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ('code' in one && typeof one.code === 'string') return one.code
  }
  return null
}

export function proxyHint(): string {
  const proxy = process.env['HTTPS_PROXY'] ?? process.env['https_proxy']
  if (proxy === undefined || proxy === '') return 'Look at the network connection. '
  return 'HTTPS_PROXY is set, but Node uses it only from version 22.21 on and with NODE_USE_ENV_PROXY=1. '
}

function statusError(url: string, status: number): UserError {
  const missing = status === 404 || status === 410
  return new UserError(
    `${url} could not be fetched: the server says ${status}${missing ? ', no such file' : ''}.`,
    {
      code: missing ? 'download-missing' : 'download-refused',
      hint: missing ? 'A mirror may not have it' : 'Try again later',
    },
  )
}

function hashError({ url, sha256 }: DownloadOptions): UserError {
  return new UserError(`${url} came with other bytes than expected (sha256 ${sha256}).`, {
    reason: 'integrity',
    code: 'download-hash',
    hint: 'Nothing of it was kept. A proxy or mirror may have answered in its place',
  })
}
