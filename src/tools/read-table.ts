/** Reads a CSV or JSONL file row by row, never whole. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { TableParser, type TableKind, type TableRow } from '../dataset/table/parse-table.ts'
import { UserError } from '../errors.ts'

export interface Table {
  /** Of a CSV file; of JSONL, null: each row has its own. */
  readonly columns: readonly string[] | null
  readonly rows: AsyncIterable<TableRow>
}

export interface TableFile {
  readonly file: string
  /** As the person knows it. */
  readonly name: string
  readonly kind: TableKind
}

/** Has read the header: one that can't be used, or a file that can't be read, is a UserError. */
export async function openTable({ file, name, kind }: TableFile): Promise<Table> {
  const found = await stat(file).catch((error: unknown) => Promise.reject(unreadable(name, error)))
  if (!found.isFile()) throw unreadable(name, null)
  const parser = new TableParser(name, kind)
  const rows = readRows(file, parser)
  try {
    const first = await rows.next()
    return { columns: parser.columns, rows: chain(first, rows) }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(name, error)
  }
}

async function* readRows(file: string, parser: TableParser): AsyncGenerator<TableRow> {
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }))
    yield* parser.push(chunk as Buffer)
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
  const why = cause === null ? 'it is no file' : (cause as NodeJS.ErrnoException).code
  return new UserError(`${name} can't be read: ${why}.`, {
    reason: 'preflight',
    code: 'table-unreadable',
    hint: 'Give yourself permission to read it, or name another file.',
    cause,
  })
}
