/** Photos, and the Parquet files that `datasets` makes of them, once for the file that imports this. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, expect } from 'vitest'
import { openFileReader } from '../../src/tools/parquet/byte-reader.ts'
import { findChunk, listColumns, parseFooter, readFooter } from '../../src/tools/parquet/footer.ts'
import { hashBytes } from '../../src/tools/files/read-located.ts'
import { copyPhotos } from '../stages/face-pictures.ts'
import { venvPython } from './venv.ts'

/** Holds `photos/` and `data/`. */
export let shared: string
/** As they lie in the repository. */
export let files: Record<string, Buffer>

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'cnk-hub-files-'))
  await copyPhotos(join(shared, 'large'), [1, 2, 3, 4, 5, 6])
  await mkdir(join(shared, 'photos'))
  for (const name of await readdir(join(shared, 'large')))
    await sharp(join(shared, 'large', name))
      .resize({ width: 320 })
      .png()
      .toFile(join(shared, 'photos', name.replace('.jpg', '.png')))
  const script = join(import.meta.dirname, 'python/write_hub_dataset.py')
  const env = { ...process.env, HF_HOME: join(shared, 'hf'), HF_HUB_OFFLINE: '1' }
  const args = [script, join(shared, 'photos'), join(shared, 'data'), '3', 'image', 'image_caption']
  await promisify(execFile)(venvPython(), args, { env })
  const names = (await readdir(join(shared, 'data'))).sort()
  expect(names).toHaveLength(3)
  files = { 'README.md': Buffer.from('# faces') }
  for (const name of names) files[`data/${name}`] = await readFile(join(shared, 'data', name))
})
afterAll(() => rm(shared, { recursive: true }))

/** Hashes of the photos, in the order of the rows. */
export const readPhotos = async () => {
  const names = (await readdir(join(shared, 'photos'))).sort()
  return Promise.all(names.map(async (name) => hashBytes(await readFile(join(shared, 'photos', name)))))
}

/** Where a column lies in one of the files. */
export async function findColumn(content: Buffer, name: string): Promise<{ start: number; end: number }> {
  const file = join(shared, 'column.parquet')
  await writeFile(file, content)
  const reader = await openFileReader(file, new AbortController().signal)
  const metadata = parseFooter(await readFooter(reader))
  const { bytes } = listColumns(metadata).find((column) => column.name === name)!
  const chunk = findChunk(metadata, 0, bytes!, reader)
  await reader.close()
  return chunk
}
