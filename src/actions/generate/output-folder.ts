import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** `generated/me`, or the first of `generated/me-2`, `-3` … that is free: nothing is written over. */
export async function freeFolder(parent: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? name : `${name}-${number}`)
    if ((await stat(folder).catch(() => null)) === null) return folder
  }
}
