/** Files that are either whole or not there: temporary name in the same folder, fsync, rename. */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../errors.ts'

/** Replaces the file, making its folder if need be. Throws a UserError when disk or permissions say no. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw fileError(error, path)
  }
  await syncFolder(dirname(path))
}

/** Makes the folder and its parents. Throws a UserError when it can't. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, path)
  })
}

/** A rename survives a power cut only when its folder is on the disk too. Not every system can do that. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

const REMEDIES: Readonly<Record<string, readonly [code: string, problem: string, remedy: string]>> = {
  ENOSPC: [
    'disk-full',
    'the disk is full',
    'Free some space, or choose another disk, then run the same command again.',
  ],
  EDQUOT: [
    'disk-full',
    'your disk quota is used up',
    'Free some space, or choose another disk, then run the same command again.',
  ],
  EACCES: ['not-writable', 'permission denied', 'Give yourself write permission, or choose another folder.'],
  EPERM: [
    'not-writable',
    'operation not permitted',
    'Give yourself write permission, or choose another folder.',
  ],
  EROFS: ['not-writable', 'the file system is read-only', 'Choose a folder on another file system.'],
  ENOTDIR: ['not-a-folder', 'a part of this path is a file, not a folder', 'Choose another folder.'],
  EEXIST: ['not-a-folder', 'there is a file where a folder should be', 'Choose another folder.'],
  EISDIR: ['not-a-file', 'there is a folder where a file should be', 'Move that folder away.'],
}

/** What the system said about writing `path`, for a person; errors that no person can mend are returned as they are. */
export function fileError(error: unknown, path: string): unknown {
  const systemCode = (error as NodeJS.ErrnoException | null)?.code ?? ''
  const remedy = REMEDIES[systemCode]
  if (remedy === undefined || error instanceof UserError) return error
  const [code, problem, hint] = remedy
  return new UserError(`Can't write ${path}: ${problem} (${systemCode}).`, { code, hint, cause: error })
}
