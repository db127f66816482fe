/** Rows → Parquet files of a limited size. */
import { open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import type { Shard, SplitName } from '../dataset/manifest.ts'
import {
  formatShardName,
  MAX_SHARD_BYTES,
  measureRow,
  planParquet,
  ROWS_PER_GROUP,
  type DatasetRow,
} from '../dataset/parquet-rows.ts'
import { fileError } from './atomic-write.ts'
import { hashFile } from './hash-file.ts'

interface ShardOptions {
  /** The dataset folder; the files go to its `data/`. */
  readonly folder: string
  readonly split: SplitName
  readonly fingerprint: string
  readonly maxShardBytes?: number
}

/** Where a file ends depends on the rows alone, so the same rows give the same files. */
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

interface Part {
  readonly path: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

async function* writeParts(rows: AsyncIterable<DatasetRow>, options: ShardOptions): AsyncGenerator<Part> {
  const maxBytes = options.maxShardBytes ?? MAX_SHARD_BYTES
  let count = 0
  let file: PartFile | null = null
  for await (const row of rows) {
    if (file !== null && file.rowBytes + measureRow(row) > maxBytes) {
      yield await file.finish()
      file = null
    }
    file ??= new PartFile(
      join(options.folder, 'data', `${options.split}-part-${count++}.tmp`),
      options.fingerprint,
    )
    file.add(row)
  }
  if (file !== null) yield await file.finish()
}

/** One file while it is written: rows are held until a group is full. */
class PartFile {
  rowBytes = 0
  readonly #path: string
  readonly #writer: ParquetWriter
  readonly #plan: ReturnType<typeof planParquet>
  #group: DatasetRow[] = []
  #rows = 0

  constructor(path: string, fingerprint: string) {
    this.#path = path
    this.#plan = planParquet(fingerprint)
    const { schema, statistics, kvMetadata } = this.#plan
    this.#writer = this.#explain(
      () => new ParquetWriter({ writer: fileWriter(path), schema, statistics, kvMetadata }),
    )
  }

  add(row: DatasetRow): void {
    this.#group.push(row)
    this.#rows++
    this.rowBytes += measureRow(row)
    if (this.#group.length === ROWS_PER_GROUP) this.#writeGroup()
  }

  /** On the disk when this returns. */
  async finish(): Promise<Part> {
    if (this.#group.length > 0) this.#writeGroup()
    this.#explain(() => void this.#writer.finish())
    await syncFile(this.#path).catch((error: unknown) => Promise.reject(fileError(error, this.#path)))
    const { size } = await stat(this.#path)
    return { path: this.#path, rows: this.#rows, bytes: size, sha256: await hashFile(this.#path) }
  }

  #writeGroup(): void {
    const group = this.#group
    this.#group = []
    const columnData = this.#plan.columns.map((column) => ({
      ...column,
      data: group.map((row) => row[column.name]),
    }))
    this.#explain(() => void this.#writer.write({ columnData, rowGroupSize: ROWS_PER_GROUP }))
  }

  #explain<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw fileError(error, this.#path)
    }
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
