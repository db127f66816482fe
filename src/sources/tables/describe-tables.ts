/** What planning needs to know of pictures in Parquet files: their footers tell. */
import { createHash } from 'node:crypto'
import { checkColumns } from '../../formats/parquet/parquet-columns.ts'
import { withReason } from '../../errors.ts'
import type { SourceFact } from '../../types.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { listColumns } from '../../tools/parquet/footer.ts'
import { readMetadata, type ParquetFile } from '../../tools/parquet/parquet-file.ts'
import { readNamedVersions, type NamedOptions } from '../folders-and-zips/named-pictures.ts'

/** Footers that are asked for at once. */
const CONCURRENT = 8

/** What the footers of the files tell: pictures, columns, versions. */
export async function describeTables(
  files: readonly ParquetFile[],
  { wanted, locate }: NamedOptions,
): Promise<Omit<SourceFact, 'kind' | 'given' | 'revision' | 'others'>> {
  const hash = createHash('sha256')
  let pictures = 0
  for await (const { file, metadata } of mapInOrder(files, CONCURRENT, async (file) => ({
    file,
    metadata: await readMetadata(file),
  }))) {
    checkColumns(listColumns(metadata), wanted, { place: file.path, hasFiles: locate !== null })
    pictures += Number(metadata.num_rows)
    // Of what is read: a commit that changes other files changes nothing.
    hash.update(JSON.stringify([file.path, file.sizeBytes, file.version]))
    for (const versions of await readNamedVersions(file, metadata, { wanted, locate }))
      hash.update(JSON.stringify(versions))
  }
  return {
    exists: true,
    pictures,
    folders: new Set(files.map(({ path }) => path.replace(/[^/]*$/, ''))).size,
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    digest: hash.digest('hex'),
  }
}

/** Problems are the preflight's: nothing has started. */
export async function asPreflight<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withReason(error, 'preflight')
  }
}
