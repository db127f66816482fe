/** Writes files that are either complete or absent: temporary name in the same folder, fsync, rename. */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from '../../file-error.ts'
import { hasProcess } from '../processes/process-stat.ts'

/** Replaces the file; creates its folder if necessary. Throws a UserError when the disk is full or permission is denied. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const file = await openAtomicFile(path)
  try {
    await file.write(data)
    await file.commit()
  } finally {
    await file.discard()
  }
}

/** Smaller amounts are buffered, because each system call has its cost. */
const FLUSH_BYTES = 65_536

/** A file that is written piece by piece and gets its name when it is complete. */
export interface AtomicFile {
  write(data: string | Uint8Array): Promise<void>
  /** Flushes the file to disk and renames it to its final name. */
  commit(): Promise<void>
  /** Removes the temporary file unless it was committed. Always call it at the end. */
  discard(): Promise<void>
}

export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  const explain = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(fileError(error, path)))
  await makeFolder(dirname(path))
  await sweep(path)
  const handle = await explain(open(temporary, 'w'))
  let settled = false
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const flush = async (): Promise<void> => {
    const data = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    await explain(handle.appendFile(data))
  }
  return {
    async write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (waitingBytes >= FLUSH_BYTES) await flush()
    },
    async commit() {
      await flush()
      await explain(handle.sync())
      await explain(handle.close())
      await explain(rename(temporary, path))
      settled = true
      await syncFolder(dirname(path))
    },
    async discard() {
      if (settled) return
      await handle.close().catch(() => undefined)
      await rm(temporary, { force: true }).catch(() => undefined)
    },
  }
}

/** Removes temporary files of this target whose process was killed. */
async function sweep(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const pid = name.startsWith(prefix) && /^(\d+)\.tmp$/.exec(name.slice(prefix.length))?.[1]
    if (pid && !hasProcess(Number(pid)))
      await rm(join(dirname(path), name), { force: true }).catch(() => undefined)
  }
}

/** Creates the folder and its parents. Throws a UserError when that fails. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, path)
  })
}

/**
 * Flushes the folder to disk; without this a rename may be lost in a power cut. Some systems can't do it, so errors are
 * ignored.
 */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

/** Resolves when the folder and everything in it are on disk. Throws the system's error when a file can't be written. */
export async function syncTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncTree(join(path, entry.name))
    else if (entry.isFile()) await syncFile(join(path, entry.name))
  }
  await syncFolder(path)
}

/** Resolves when the file's content is on disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
