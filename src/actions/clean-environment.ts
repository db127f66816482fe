/** Removes the venv of a config, for instance when a package in it is missing or damaged. */
import { lstat, rename, rm } from 'node:fs/promises'
import { measureFolder } from '../tools/files/measure-folder.ts'
import { UserError } from '../errors.ts'
import { withLock } from '../tools/files/lock.ts'
import { findUsers } from '../tools/processes/process-tree.ts'

/** One line of `clean --json`. */
export interface EnvironmentItem {
  readonly path: string
  readonly bytes: number
  readonly why: string
  readonly removed: boolean
}

/** What would be removed: one folder, or nothing when it is not there. */
export async function listEnvironment(folder: string): Promise<EnvironmentItem[]> {
  if ((await lstat(folder).catch(() => null)) === null) return []
  return [
    {
      path: folder,
      bytes: await measureFolder(folder),
      why: 'the next train makes it anew',
      removed: false,
    },
  ]
}

/** Removes it as a whole. Throws a UserError (`locked`) while something makes it or runs from it. */
export async function removeEnvironment(folder: string): Promise<EnvironmentItem[]> {
  const items = await listEnvironment(folder)
  if (items.length === 0) return items
  await withLock(`${folder}.lock`, { purpose: 'controlnet-kit env clean' }, async () => {
    refuseInUse(folder)
    // What is being removed is no environment any more, also when the removal is cut off.
    const doomed = `${folder}.removed`
    await rm(doomed, { recursive: true, force: true })
    await rename(folder, doomed)
    await rm(doomed, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  })
  return items.map((item) => ({ ...item, removed: true }))
}

function refuseInUse(folder: string): void {
  const users = findUsers(folder)
  if (users.length === 0) return
  throw new UserError(
    `${folder} is in use by ${users.length === 1 ? 'process' : 'processes'} ${users.join(', ')}.`,
    {
      reason: 'locked',
      code: 'locked',
      hint: 'Wait until the training that runs from it has ended, or stop it.',
    },
  )
}
