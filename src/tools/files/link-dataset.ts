/** A folder that loads as a dataset, and lies under a name that `datasets` takes literally. */
import { readlink, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from './atomic-write.ts'
import { fileError } from '../../file-error.ts'

/** What `datasets` reads of a dataset's folder. */
const NAMES = ['data', 'README.md'] as const

/** Makes `folder` with links to what is in `dataset`; links that are there already are kept. Throws a UserError. */
export async function linkDataset(dataset: string, folder: string): Promise<void> {
  await makeFolder(folder)
  for (const name of NAMES) {
    const [target, link] = [join(dataset, name), join(folder, name)]
    if ((await readlink(link).catch(() => null)) === target) continue
    const next = `${link}.${process.pid}`
    try {
      await rm(next, { force: true })
      await symlink(target, next)
      await rename(next, link)
    } catch (error) {
      throw fileError(error, link)
    }
  }
}
