import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'

/** Returns up to `count` conditioning images of the split, encoded as in the dataset and in the order of its rows. */
export async function readConditions(
  dataset: string,
  split: 'train' | 'validation',
  count: number,
): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  for (const file of await listShards(dataset, split)) {
    if (found.length >= count) break
    found.push(...(await readShard(file, count - found.length)))
  }
  return found
}

async function listShards(dataset: string, split: string): Promise<string[]> {
  const folder = join(dataset, 'data')
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.startsWith(`${split}-`) && name.endsWith('.parquet'))
    .sort()
    .map((name) => join(folder, name))
}

async function readShard(path: string, count: number): Promise<Uint8Array[]> {
  try {
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    const rowEnd = Math.min(count, Number(metadata.num_rows))
    const rows = await parquetReadObjects({
      file,
      metadata,
      columns: ['conditioning_image'],
      rowEnd,
      utf8: false,
    })
    return rows.map((row) => (row['conditioning_image'] as { bytes: Uint8Array }).bytes)
  } catch (error) {
    throw new UserError(`The dataset file ${path} can't be read: ${(error as Error).message}`, {
      code: 'dataset-unreadable',
      hint: `Write it anew: ${kitCommand('prepare')}`,
      cause: error,
    })
  }
}
