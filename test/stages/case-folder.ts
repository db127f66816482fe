/** Creates a new folder for each test of the importing file, and removes it after the test. */
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
