/** Checks whether folders are writable and how much space is free. Reads only. */
import { constants } from 'node:fs'
import { access, lstat, realpath, stat, statfs } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { describeFileProblem, nameSystemError } from '../../file-error.ts'
import type { DiskFact, Facts } from '../../types.ts'

type Unwritable = Facts['unwritable'][number]

/** Returns free space and device of the file system that holds the folder or its nearest existing parent. */
export async function observeDisk(path: string): Promise<DiskFact> {
  const there = await nearestExisting(path)
  const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(there), stat(there)])
  return { freeBytes: bavail * bsize, device: dev }
}

/** Returns the path with links resolved, as far as it exists; the rest of the path is appended unchanged. */
export async function findRealPath(path: string): Promise<string> {
  const there = await nearestExisting(path)
  return join(await realpath(there).catch(() => there), relative(there, path))
}

async function nearestExisting(path: string): Promise<string> {
  const there = await stat(path).catch(() => null)
  return there === null && dirname(path) !== path ? nearestExisting(dirname(path)) : path
}

/** Returns the paths that can't be written or created, with the reasons. */
export async function findUnwritable(paths: readonly string[]): Promise<Unwritable[]> {
  const found = await Promise.all(paths.map(async (path) => ({ path, reason: await whyUnwritable(path) })))
  return found.flatMap(({ path, reason }) => (reason === null ? [] : [{ path, reason }]))
}

async function whyUnwritable(path: string): Promise<string | null> {
  const there = await nearestExisting(path)
  const unnamed = await whyUnnamed(path)
  if (unnamed !== null) return unnamed
  const dangling = await findDangling(path)
  if (dangling !== null)
    return dangling === path ? 'it is a link to nothing' : `${dangling} is a link to nothing`
  if (!(await stat(there)).isDirectory()) return there === path ? 'it is a file' : `${there} is a file`
  try {
    await access(there, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return describeFileProblem(error)
  }
}

/**
 * Returns a reason when the system rejects the path itself, such as a name that is too long or a network share that is gone.
 */
async function whyUnnamed(path: string): Promise<string | null> {
  try {
    await lstat(path)
    return null
  } catch (error) {
    const name = nameSystemError(error)
    return name === 'ENOENT' || name === 'ENOTDIR' ? null : describeFileProblem(error)
  }
}

/** Returns the first link on the path whose target does not exist, such as one to a disk that is not mounted. */
async function findDangling(path: string): Promise<string | null> {
  if ((await stat(path).catch(() => null)) !== null) return null
  if ((await lstat(path).catch(() => null)) !== null) return path
  return dirname(path) === path ? null : findDangling(dirname(path))
}
