/** Finds files in the dataset folder that don't belong to the kit. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../dataset/manifest.ts'

/** The files that each new dataset replaces. */
const REPLACED = ['README.md', 'annotations.ndjson', 'data', 'manifest.json', 'preview.html', 'preview.png']

/** Returns the names of foreign files that a dataset would replace; none if the kit has used the folder before. */
export async function findForeignFiles(dataset: string): Promise<string[]> {
  const names: string[] = await readdir(dataset).catch(() => [])
  if (names.includes('.cnk') || (await isDataset(join(dataset, 'manifest.json')))) return []
  return REPLACED.filter((name) => names.includes(name))
}

/**
 * Returns true for the manifest of one of the kit's datasets; the hidden folder may be missing because the dataset was copied.
 */
async function isDataset(file: string): Promise<boolean> {
  try {
    const { fingerprint, shards } = JSON.parse(await readFile(file, 'utf8')) as Partial<Manifest>
    return typeof fingerprint === 'string' && Array.isArray(shards)
  } catch {
    return false
  }
}
