/** The copies of datasets that the trainer's library makes in the cache: one for each dataset, as it is now. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolder, writeFileAtomic } from './atomic-write.ts'

/** Says whose copy a folder holds. */
const OWNER = 'controlnet-kit.json'

/**
 * Makes the folder for a dataset's copy, and removes those that it had under earlier fingerprints: the library never removes one.
 * Whoever calls it holds the dataset's lock.
 */
export async function claimDatasetCopy(folder: string, dataset: string): Promise<void> {
  await makeFolder(folder)
  await writeFileAtomic(join(folder, OWNER), `${JSON.stringify({ v: 1, dataset })}\n`)
  const copies = dirname(folder)
  for (const name of await readdir(copies)) {
    if (name === basename(folder) || (await readOwner(join(copies, name))) !== dataset) continue
    await rm(join(copies, name), { recursive: true, force: true })
  }
}

async function readOwner(folder: string): Promise<string | null> {
  try {
    const { dataset } = JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as { dataset?: unknown }
    return typeof dataset === 'string' ? dataset : null
  } catch {
    return null
  }
}
