/** Reads pictures from columns of Parquet files, in a local folder or a Hub dataset. Only the needed columns are read. */
import { checkColumns } from '../../formats/parquet/parquet-columns.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import type { FileMetaData } from 'hyparquet'
import { listColumns, measureColumn } from '../../tools/parquet/footer.ts'
import type { PictureCell } from '../../tools/parquet/open-group.ts'
import { explainDamage, readMetadata, type ParquetFile } from '../../tools/parquet/parquet-file.ts'
import { PictureColumn } from '../../tools/parquet/picture-column.ts'
import { readTexts } from '../../tools/parquet/read-texts.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import {
  listPictureColumns,
  readNamedVersions,
  type LocateNamed,
} from '../folders-and-zips/named-pictures.ts'
import type { PictureSource, SourceEntry } from '../picture-source.ts'
import type { Located } from '../../tools/files/located.ts'

interface TableOptions {
  /** In reading order. */
  readonly files: readonly ParquetFile[]
  readonly wanted: WantedColumns
  readonly isRemote: boolean
  /** Finds the file that a cell names instead of holding bytes; null when there are no such files. */
  readonly locateNamed: LocateNamed | null
}

export function openTableSource(options: TableOptions): PictureSource {
  const { files, wanted, isRemote, locateNamed } = options
  const order = new Map(files.map(({ path }, index) => [path, index]))
  const names = [wanted.image, ...(wanted.conditioning === null ? [] : [wanted.conditioning])]
  const columns = new Map(names.map((name) => [name, new PictureColumn(files, name)]))

  return {
    isRemote,
    async list() {
      const entries: SourceEntry[] = []
      for (const file of files)
        for await (const entry of listRows(file, wanted, locateNamed)) entries.push(entry)
      const folders = new Set(files.map(({ path }) => path.replace(/[^/]*$/, '')))
      return { entries, folders: folders.size, others: {}, unread: {} }
    },
    async locate(path) {
      const { file, row, isConditioning } = parseRowPath(path)
      const index = order.get(file)
      const name = isConditioning ? wanted.conditioning : wanted.image
      if (index === undefined || name === null) throw new PictureError('missing', 'there is no such row')
      return toLocated(await columns.get(name)!.read(index, row), file, options)
    },
    readBeside: () => Promise.resolve(null),
    async close() {
      for (const column of columns.values()) await column.close()
    },
  }
}

async function* listRows(
  file: ParquetFile,
  wanted: WantedColumns,
  locate: LocateNamed | null,
): AsyncGenerator<SourceEntry> {
  const metadata = await readMetadata(file)
  const columns = listColumns(metadata)
  checkColumns(columns, wanted, { place: file.path, hasFiles: locate !== null })
  const rows = Number(metadata.num_rows)
  const image = columns.find(({ name }) => name === wanted.image)!
  const sizeBytes = rows === 0 ? 0 : Math.round(measureColumn(metadata, (image.bytes ?? image.path)!) / rows)
  const texts = wanted.values.length > 0 ? await readAllTexts(file, wanted.values, metadata) : null
  const named = await readNamedVersions(file, metadata, { wanted, locate })
  const version = [file.version, ...listPictureColumns(wanted)].join(' ')
  for (let row = 0; row < rows; row++) {
    const path = formatRowPath(file.path, row)
    yield {
      path,
      sizeBytes,
      version: [version, ...named.map((versions) => versions[row] ?? '')].join(' '),
      values: texts?.[row] ?? {},
      conditioning: wanted.conditioning === null ? null : path + CONDITIONING,
    }
  }
}

async function readAllTexts(
  file: ParquetFile,
  columns: readonly string[],
  metadata: FileMetaData,
): Promise<Record<string, string>[]> {
  const reader = await file.open()
  try {
    const texts: Record<string, string>[] = []
    for await (const row of readTexts(reader, metadata, columns)) texts.push(row)
    return texts
  } catch (error) {
    throw explainDamage(error, file)
  } finally {
    await reader.close()
  }
}

const CONDITIONING = '#conditioning'
/** Padding, so that the rows of a file sort in their order. */
const DIGITS = 7

function formatRowPath(file: string, row: number): string {
  return `${file}/${String(row).padStart(DIGITS, '0')}`
}

function parseRowPath(path: string): { file: string; row: number; isConditioning: boolean } {
  const isConditioning = path.endsWith(CONDITIONING)
  const bare = isConditioning ? path.slice(0, -CONDITIONING.length) : path
  const slash = bare.lastIndexOf('/')
  return { file: bare.slice(0, slash), row: Number(bare.slice(slash + 1)), isConditioning }
}

function toLocated(cell: PictureCell, file: string, { locateNamed }: TableOptions): Promise<Located> {
  if (cell.kind === 'bytes') return Promise.resolve(cell)
  if (cell.kind === 'path' && locateNamed !== null) return locateNamed(file, cell.path)
  if (cell.kind === 'path')
    throw new PictureError('missing', `the row has no picture, only the name of a file: ${cell.path}`)
  throw new PictureError('missing', 'the row has no picture')
}
