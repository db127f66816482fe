/** A working folder whose source is a zip archive or the folder that it was made from, and the resulting datasets. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeZip, type MadeEntry } from '../unit/formats/zip/make-zip.ts'
import { folder } from './case-folder.ts'
import { openBench, type Bench } from './dataset-stages.ts'
import { entriesOfFolder } from './zip-files.ts'

export const frames = (source: object, more: { dataset?: object; condition?: object } = {}): Bench =>
  openBench(folder, {
    condition: { annotator: 'files', ...more.condition },
    dataset: { source, crop: 'center', resolution: 64, validation: { count: 2 }, ...more.dataset },
  })

/** What a dataset says and holds: shards and annotations, byte for byte. */
export async function takeDataset(bench: Bench): Promise<Record<string, string>> {
  await bench.run()
  const files = readTree(bench.paths.dataset)
  await rm(bench.paths.dataset, { recursive: true })
  return Object.fromEntries(Object.entries(files).filter(([path]) => /^data\/|^annotations/.test(path)))
}

/** All files below a folder, by path. */
function readTree(top: string): Record<string, string> {
  const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(top.length + 1), readFileSync(path).toString('latin1')]
    }),
  )
}

/** Paths are relative to the working folder. */
export function zipFolder(from: string, archive: string, more: readonly MadeEntry[] = []): Buffer {
  const bytes = makeZip([...entriesOfFolder(join(folder, from)), ...more], { zip64: true })
  writeFileSync(join(folder, archive), bytes)
  return bytes
}
