/** Observes the facts that planning needs about pictures in Parquet files, from their footers. */
import { createHash } from 'node:crypto'
import { checkColumns } from '../../formats/parquet/parquet-columns.ts'
import { withReason } from '../../errors.ts'
import type { SourceFact } from '../../types.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { listColumns } from '../../tools/parquet/footer.ts'
import { readMetadata, type ParquetFile } from '../../tools/parquet/parquet-file.ts'
import { readNamedVersions, type NamedOptions } from '../folders-and-zips/named-pictures.ts'

/** Number of footers that are read at the same time. */
const CONCURRENT = 8

/** Returns the number of pictures and a digest; checks the columns. Throws a UserError when a column is missing. */
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
    // Only the files that are read are hashed, so a commit that changes other files changes nothing.
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

/** Gives errors the reason `preflight`, because no stage has started. */
export async function asPreflight<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withReason(error, 'preflight')
  }
}
