/** Writes rows to Parquet files of limited size. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Shard, SplitName } from '../../dataset/manifest.ts'
import {
  formatShardName,
  MAX_SHARD_BYTES,
  measureRow,
  type DatasetRow,
} from '../../formats/parquet/parquet-rows.ts'
import { openShardFile, type ShardFile, type WrittenFile } from './shard-file.ts'

interface ShardOptions {
  /** The dataset folder; the files are written to its `data/`. */
  readonly folder: string
  readonly split: SplitName
  readonly fingerprint: string
  readonly maxShardBytes?: number
}

/**
 * File boundaries depend only on the rows, so the same rows give the same files. The caller may reuse a row's buffers once the
 * next row is requested.
 */
export async function writeShards(rows: AsyncIterable<DatasetRow>, options: ShardOptions): Promise<Shard[]> {
  const { folder, split } = options
  const parts: Part[] = []
  for await (const part of writeParts(rows, options)) parts.push(part)
  return Promise.all(
    parts.map(async ({ path, ...part }, index) => {
      const file = `data/${formatShardName(split, index, parts.length)}`
      await rename(path, join(folder, file))
      return { file, split, ...part }
    }),
  )
}

interface Part extends WrittenFile {
  readonly path: string
}

async function* writeParts(rows: AsyncIterable<DatasetRow>, options: ShardOptions): AsyncGenerator<Part> {
  const { folder, split, fingerprint, maxShardBytes = MAX_SHARD_BYTES } = options
  let count = 0
  let path = ''
  let file: ShardFile | null = null
  let bytes = 0
  try {
    for await (const row of rows) {
      const more = measureRow(row)
      if (file !== null && bytes + more > maxShardBytes) {
        yield { path, ...(await file.finish()) }
        file = null
      }
      if (file === null) {
        path = join(folder, 'data', `${split}-part-${count++}.tmp`)
        file = await openShardFile(path, fingerprint)
        bytes = 0
      }
      await file.add(row)
      bytes += more
    }
    if (file !== null) yield { path, ...(await file.finish()) }
  } finally {
    await file?.close()
  }
}
