/** Rows of a written dataset, as its Parquet files hold them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'

export interface DatasetRowBytes {
  /** Bytes of a PNG or JPEG file. */
  readonly image: Uint8Array
  /** Bytes of a PNG file. */
  readonly conditioning_image: Uint8Array
  readonly text: string
}

type Column = keyof DatasetRowBytes

/** In the order of the rows: at most `count` of the split, with these columns alone. */
export async function readRows<Name extends Column>(
  dataset: string,
  { split, count, columns }: { split: 'train' | 'validation'; count: number; columns: readonly Name[] },
): Promise<Pick<DatasetRowBytes, Name>[]> {
  const found: Pick<DatasetRowBytes, Name>[] = []
  for (const file of await listShards(dataset, split)) {
    if (found.length >= count) break
    found.push(...(await readShard(file, { count: count - found.length, columns })))
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

async function readShard<Name extends Column>(
  path: string,
  { count, columns }: { count: number; columns: readonly Name[] },
): Promise<Pick<DatasetRowBytes, Name>[]> {
  try {
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    const rowEnd = Math.min(count, Number(metadata.num_rows))
    const rows = await parquetReadObjects({ file, metadata, columns: [...columns], rowEnd, utf8: false })
    return rows.map((row) => {
      const values = columns.map((name) => [name, valueOf(name, row[name])] as const)
      return Object.fromEntries(values) as Pick<DatasetRowBytes, Name>
    })
  } catch (error) {
    throw new UserError(`The dataset file ${path} can't be read: ${(error as Error).message}`, {
      code: 'dataset-unreadable',
      hint: `Write it anew: ${kitCommand('prepare')}`,
      cause: error,
    })
  }
}

function valueOf(name: Column, value: unknown): Uint8Array | string {
  if (name !== 'text') return (value as { bytes: Uint8Array }).bytes
  return typeof value === 'string' ? value : Buffer.from(value as Uint8Array).toString()
}
