/** An append-only file for results that are expensive to compute. After a SIGKILL at most the line being written is lost. */
import { createHash } from 'node:crypto'
import { readSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './atomic-write.ts'
import { fileError } from '../../file-error.ts'
import { readLines } from './ndjson-file.ts'

export interface Journal<T> {
  readonly isEmpty: boolean
  /** Returns the position of an entry, for `read`; null when there is none. */
  find(key: string): number | null
  read(place: number): T
  /**
   * Writes the entry with one system call before it returns; returns its position. Throws a UserError when the disk is full.
   */
  append(key: string, value: T): number
  close(): Promise<void>
}

/** Opens an existing journal or creates one. A torn last line, left by a crash, is cut off. */
export async function openJournal<T>(path: string): Promise<Journal<T>> {
  await makeFolder(dirname(path))
  const handle = await open(path, 'a+').catch((error: unknown) => Promise.reject(fileError(error, path)))
  const { places, end } = await indexLines(path)
  await handle.truncate(end)
  let offset = end
  return {
    get isEmpty() {
      return places.size === 0
    },
    find: (key) => places.get(shorten(key)) ?? null,
    read: (place) => (JSON.parse(readLine(handle.fd, place)) as [string, T])[1],
    append(key, value) {
      const line = Buffer.from(JSON.stringify([key, value]) + '\n')
      writeWhole(handle.fd, line, path)
      const place = offset
      offset += line.length
      places.set(shorten(key), place)
      return place
    },
    close: () => handle.close(),
  }
}

/** Keys are kept in memory as 96 bits of their hash, which is enough to tell them apart. */
function shorten(key: string): string {
  return createHash('sha256').update(key).digest('binary').slice(0, 12)
}

/** Writes synchronously: the write only goes to the page cache, and passing it to another thread would take longer. */
function writeWhole(descriptor: number, line: Buffer, path: string): void {
  try {
    for (let done = 0; done < line.length;) done += writeSync(descriptor, line, done)
  } catch (error) {
    throw fileError(error, path)
  }
}

/** Longer than most lines. */
const LINE_BYTES = 4096

function readLine(descriptor: number, offset: number): string {
  for (let size = LINE_BYTES; ; size *= 4) {
    const bytes = Buffer.allocUnsafe(size)
    const length = readSync(descriptor, bytes, 0, size, offset)
    const end = bytes.subarray(0, length).indexOf(10)
    if (end >= 0) return bytes.toString('utf8', 0, end)
    if (length < size) throw new Error(`the journal has no whole line at ${offset}`)
  }
}

interface Index {
  readonly places: Map<string, number>
  /** Offset after the last complete line. */
  readonly end: number
}

/** A line that is not a valid entry ends the journal, because what follows can't be trusted. */
async function indexLines(path: string): Promise<Index> {
  const places = new Map<string, number>()
  let end = 0
  for await (const line of readLines(path)) {
    const key = parseKey(line)
    if (key === null) break
    places.set(shorten(key), end)
    end += line.length
  }
  return { places, end }
}

function parseKey(line: Buffer): string | null {
  try {
    const entry: unknown = JSON.parse(line.toString())
    return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string' ? entry[0] : null
  } catch {
    return null
  }
}
