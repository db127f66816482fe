/** Whether folders can be written, and how much fits. Reads only. */
import { constants } from 'node:fs'
import { access, lstat, realpath, stat, statfs } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Facts } from '../../types.ts'

type Unwritable = Facts['unwritable'][number]

/** Of the file system that holds the folder, or its nearest parent that is there. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(path))
  return bavail * bsize
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
  const dangling = await findDangling(path)
  if (dangling !== null)
    return dangling === path ? 'it is a link to nothing' : `${dangling} is a link to nothing`
  if (!(await stat(there)).isDirectory()) return there === path ? 'it is a file' : `${there} is a file`
  try {
    await access(there, constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no permission'
  }
}

/** A link on the way whose target is gone: a disk that is not mounted. */
async function findDangling(path: string): Promise<string | null> {
  if ((await stat(path).catch(() => null)) !== null) return null
  if ((await lstat(path).catch(() => null)) !== null) return path
  return dirname(path) === path ? null : findDangling(dirname(path))
}
