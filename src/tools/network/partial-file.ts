/** The first part of a file that is being fetched, and whether what a server sends is the rest of it. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { Response } from 'undici'

interface Known {
  /** Of the whole, where it is known. */
  readonly sha256?: string
}

export interface Begun {
  readonly bytes: number
  /** What the server called the version that the part belongs to; null: the hash will tell. */
  readonly version: string | null
}

export async function readBegun(part: string, { sha256 }: Known): Promise<Begun> {
  const bytes = (await stat(part).catch(() => null))?.size ?? 0
  if (sha256 !== undefined) return { bytes, version: null }
  const version = await readFile(versionFile(part), 'utf8').catch(() => null)
  return version === null ? { bytes: 0, version } : { bytes, version }
}

/** With `if-range`, a server whose file has changed sends all of it. */
export function rangeHeaders({ bytes, version }: Begun): Record<string, string> {
  // Places in a compressed answer are not those of the file.
  const plain = { 'accept-encoding': 'identity' }
  if (bytes === 0) return plain
  return { ...plain, range: `bytes=${bytes}-`, ...(version === null ? {} : { 'if-range': version }) }
}

export async function writeVersion(part: string, response: Response, { sha256 }: Known): Promise<void> {
  await rm(versionFile(part), { force: true })
  if (sha256 !== undefined) return
  const tag = response.headers.get('etag')
  // A weak tag does not promise the same bytes.
  const version = tag?.startsWith('"') === true ? tag : response.headers.get('last-modified')
  await rm(part, { force: true })
  if (version !== null) await writeFile(versionFile(part), version)
}

/** Some caches answer with a part that was not asked for. */
export function isOtherPart({ status, headers }: Response, { bytes }: Begun): boolean {
  return status === 206 && headers.get('content-range')?.startsWith(`bytes ${bytes}-`) !== true
}

export function isWhole(response: Response, { bytes }: Begun, { sha256 }: Known): boolean {
  if (sha256 !== undefined) return bytes > 0
  return response.headers.get('content-range') === `bytes */${bytes}`
}

/** Beside a part whose hash is not known: which version of the file it is a part of. */
const versionFile = (part: string): string => `${part}.version`

/** Once the file is whole, its version is of no use. */
export async function removeVersion(part: string): Promise<void> {
  await rm(versionFile(part), { force: true })
}
