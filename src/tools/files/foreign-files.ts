/** What lies where the dataset goes, and is not the kit's. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../dataset/manifest.ts'

/** What each new dataset puts in the place of the former one. */
const REPLACED = ['README.md', 'annotations.ndjson', 'data', 'manifest.json', 'preview.html', 'preview.png']

/** Names of what a dataset would replace there; none in a folder that the kit has worked in before. */
export async function findForeignFiles(dataset: string): Promise<string[]> {
  const names: string[] = await readdir(dataset).catch(() => [])
  if (names.includes('.cnk') || (await isDataset(join(dataset, 'manifest.json')))) return []
  return REPLACED.filter((name) => names.includes(name))
}

/** A dataset of ours that came without its hidden folder: copied, or tidied up. */
async function isDataset(file: string): Promise<boolean> {
  try {
    const { fingerprint, shards } = JSON.parse(await readFile(file, 'utf8')) as Partial<Manifest>
    return typeof fingerprint === 'string' && Array.isArray(shards)
  } catch {
    return false
  }
}
