/** Whether folders can be written, and how much fits. Reads only. */
import { constants } from 'node:fs'
import { access, lstat, realpath, stat, statfs } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { describeFileProblem, nameSystemError } from '../../file-error.ts'
import type { DiskFact, Facts } from '../../types.ts'

type Unwritable = Facts['unwritable'][number]

/** The file system that holds the folder, or its nearest parent that is there. */
export async function observeDisk(path: string): Promise<DiskFact> {
  const there = await nearestExisting(path)
  const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(there), stat(there)])
  return { freeBytes: bavail * bsize, device: dev }
}

/** The path without links; what is not there yet is added as it will be made. */
export async function findRealPath(path: string): Promise<string> {
  const there = await nearestExisting(path)
  return join(await realpath(there).catch(() => there), relative(there, path))
}

async function nearestExisting(path: string): Promise<string> {
  const there = await stat(path).catch(() => null)
  return there === null && dirname(path) !== path ? nearestExisting(dirname(path)) : path
}

/** Which of them can't be written or made, with the reason. */
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

/** Why the system does not even look for it: a name that is too long, a share that is gone. */
async function whyUnnamed(path: string): Promise<string | null> {
  try {
    await lstat(path)
    return null
  } catch (error) {
    const name = nameSystemError(error)
    return name === 'ENOENT' || name === 'ENOTDIR' ? null : describeFileProblem(error)
  }
}

/** A link on the way whose target is gone: a disk that is not mounted. */
async function findDangling(path: string): Promise<string | null> {
  if ((await stat(path).catch(() => null)) !== null) return null
  if ((await lstat(path).catch(() => null)) !== null) return path
  return dirname(path) === path ? null : findDangling(dirname(path))
}
