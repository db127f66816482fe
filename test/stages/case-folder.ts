/** A new folder for each test of the file that imports this; it goes when the test is over. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

export let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-case-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes a file below the folder. */
export async function put(path: string, content: string | Uint8Array): Promise<void> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
