/** Reads a CSV or JSONL file row by row, never as a whole. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { TableParser, type TableKind, type TableRow } from '../../formats/table/parse-table.ts'
import { UserError } from '../../errors.ts'
import { PictureError } from '../images/picture-error.ts'
import { adviseReading, describeFileProblem, nameSystemError } from '../../file-error.ts'

export interface Table {
  /** Column names of a CSV file; null for JSONL, where each row has its own. */
  readonly columns: readonly string[] | null
  readonly rows: AsyncIterable<TableRow>
}

export interface TableFile {
  readonly file: string
  /** The file's name in messages. */
  readonly name: string
  readonly kind: TableKind
}

/** Opens the table and reads its header. Throws a UserError when the file or its header is unusable. */
export async function openTable({ file, name, kind }: TableFile): Promise<Table> {
  const found = await stat(file).catch((error: unknown) => Promise.reject(unreadable(name, error)))
  if (!found.isFile()) throw unreadable(name, null)
  return readTable(createReadStream(file, { highWaterMark: 1 << 18 }), { name, kind })
}

/** Reads a table from chunks, for example from an archive entry. */
export async function readTable(
  chunks: AsyncIterable<Uint8Array>,
  { name, kind }: Pick<TableFile, 'name' | 'kind'>,
): Promise<Table> {
  const parser = new TableParser(name, kind)
  const rows = readRows(chunks, parser)
  try {
    const first = await rows.next()
    return { columns: parser.columns, rows: chain(first, rows) }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(name, error)
  }
}

async function* readRows(chunks: AsyncIterable<Uint8Array>, parser: TableParser): AsyncGenerator<TableRow> {
  for await (const chunk of chunks) yield* parser.push(chunk)
  yield* parser.end()
}

async function* chain(
  first: IteratorResult<TableRow>,
  rest: AsyncGenerator<TableRow>,
): AsyncGenerator<TableRow> {
  if (first.done === true) return
  yield first.value
  yield* rest
}

function unreadable(name: string, cause: unknown): UserError {
  const why = cause === null ? 'it is not a file' : explain(cause)
  return new UserError(`${name} can't be read: ${why}.`, {
    reason: 'preflight',
    code: 'table-unreadable',
    hint:
      cause instanceof PictureError
        ? 'Pack the archive anew, or fetch it again.'
        : `${adviseReading(cause)} Or name another file.`,
    cause,
  })
}

function explain(cause: unknown): string {
  if (cause instanceof PictureError) return cause.message
  return nameSystemError(cause) === 'ENOENT' ? 'it is not there' : describeFileProblem(cause)
}
