/** Makes a folder that loads as a dataset under a name without characters that `datasets` would interpret. */
import { readlink, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from './atomic-write.ts'
import { fileError } from '../../file-error.ts'

/** The parts of a dataset folder that `datasets` reads. */
const NAMES = ['data', 'README.md'] as const

/** Creates `folder` with links to the files in `dataset`; correct links are kept. Throws a UserError when that fails. */
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
