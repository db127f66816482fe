import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns the bytes of all files in a folder and its subfolders; a link counts with its own size. */
export async function measureFolder(folder: string): Promise<number> {
  const names = await readdir(folder, { withFileTypes: true })
  const sizes = await Promise.all(
    names.map(async (entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? measureFolder(path) : (await lstat(path)).size
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
