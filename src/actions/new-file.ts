import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { makeFolder, writeFileAtomic } from '../tools/files/atomic-write.ts'
import { kitCommand } from '../next-step.ts'

/** Writes a file that must not be there yet. */
export async function writeNewFile(file: string, text: string): Promise<void> {
  if ((await stat(file).catch(() => null)) !== null) {
    throw new UserError(`${file} is there already; it was left as it is.`, {
      reason: 'preflight',
      code: 'file-exists',
      hint: `Remove it, or name another folder: ${kitCommand('init', { words: ['DIR'] })}`,
    })
  }
  await makeFolder(dirname(file))
  await writeFileAtomic(file, text)
}
