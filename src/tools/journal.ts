/** An append-only file of results that were dear to get: survives a SIGKILL with all but the line that was being written. */
import { readSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileError, makeFolder } from './atomic-write.ts'
import { readLines } from './ndjson-file.ts'

export interface Journal<T> {
  readonly isEmpty: boolean
  has(key: string): boolean
  /** Reads on this thread: it was written a moment ago, so it is in the system's memory. */
  read(key: string): T
  /** One write for each entry; entries may be added at the same time. */
  append(key: string, value: T): Promise<void>
  close(): Promise<void>
}

/** Where a line lies in the file. Only this is kept in memory. */
interface Place {
  readonly offset: number
  readonly length: number
}

/** Goes on with what is there. What a crash left behind, a torn last line, is cut off. */
export async function openJournal<T>(path: string): Promise<Journal<T>> {
  await makeFolder(dirname(path))
  const handle = await open(path, 'a+').catch((error: unknown) => Promise.reject(fileError(error, path)))
  const { places, end } = await indexLines(path)
  await handle.truncate(end)
  let offset = end
  let writes: Promise<void> = Promise.resolve()
  return {
    get isEmpty() {
      return places.size === 0
    },
    has: (key) => places.has(key),
    read: (key) => readLine<T>(handle.fd, places.get(key)!),
    append(key, value) {
      const line = Buffer.from(JSON.stringify([key, value]) + '\n')
      writes = writes.then(async () => {
        await writeWhole(handle, line).catch((error: unknown) => Promise.reject(fileError(error, path)))
        places.set(key, { offset, length: line.length })
        offset += line.length
      })
      return writes
    },
    async close() {
      await writes.catch(() => undefined)
      await handle.close()
    },
  }
}

async function writeWhole(handle: FileHandle, line: Buffer): Promise<void> {
  const { bytesWritten } = await handle.write(line)
  if (bytesWritten < line.length) await handle.appendFile(line.subarray(bytesWritten))
}

function readLine<T>(descriptor: number, { offset, length }: Place): T {
  const line = Buffer.allocUnsafe(length)
  readSync(descriptor, line, 0, length, offset)
  return (JSON.parse(line.toString()) as [string, T])[1]
}

/** `end`: behind the last whole line. A line that is no entry ends the journal: what follows it can't be trusted. */
async function indexLines(path: string): Promise<{ places: Map<string, Place>; end: number }> {
  const places = new Map<string, Place>()
  let end = 0
  for await (const line of readLines(path)) {
    const key = parseKey(line)
    if (key === null) break
    places.set(key, { offset: end, length: line.length })
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
