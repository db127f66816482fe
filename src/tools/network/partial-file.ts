/** The downloaded part of a file, and checks whether a server's answer is the rest of it. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { Response } from 'undici'

interface Known {
  /** Hash of the whole file, if it is known. */
  readonly sha256?: string
}

export interface Begun {
  readonly bytes: number
  /** The server's ETag or date of the version that the part belongs to; null when the hash will tell. */
  readonly version: string | null
}

export async function readBegun(part: string, { sha256 }: Known): Promise<Begun> {
  const bytes = (await stat(part).catch(() => null))?.size ?? 0
  if (sha256 !== undefined) return { bytes, version: null }
  const version = await readFile(versionFile(part), 'utf8').catch(() => null)
  return version === null ? { bytes: 0, version } : { bytes, version }
}

/** With `if-range`, a server sends the whole file if it has changed. */
export function rangeHeaders({ bytes, version }: Begun): Record<string, string> {
  // Byte positions in a compressed answer would not be those of the file.
  const plain = { 'accept-encoding': 'identity' }
  if (bytes === 0) return plain
  return { ...plain, range: `bytes=${bytes}-`, ...(version === null ? {} : { 'if-range': version }) }
}

export async function writeVersion(part: string, response: Response, { sha256 }: Known): Promise<void> {
  await rm(versionFile(part), { force: true })
  if (sha256 !== undefined) return
  const tag = response.headers.get('etag')
  // A weak ETag does not guarantee the same bytes.
  const version = tag?.startsWith('"') === true ? tag : response.headers.get('last-modified')
  await rm(part, { force: true })
  if (version !== null) await writeFile(versionFile(part), version)
}

/** Some caches answer with another range than requested. */
export function isOtherPart({ status, headers }: Response, { bytes }: Begun): boolean {
  return status === 206 && headers.get('content-range')?.startsWith(`bytes ${bytes}-`) !== true
}

export function isWhole(response: Response, { bytes }: Begun, { sha256 }: Known): boolean {
  if (sha256 !== undefined) return bytes > 0
  return response.headers.get('content-range') === `bytes */${bytes}`
}

/** File beside a part whose hash is not known; it contains the version that the part belongs to. */
const versionFile = (part: string): string => `${part}.version`

/** Removes the version file, which is useless once the file is complete. */
export async function removeVersion(part: string): Promise<void> {
  await rm(versionFile(part), { force: true })
}
