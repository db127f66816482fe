/** Reads landmarks of many pictures from one CSV or JSONL file. Only the position of each row is kept in memory. */
import { open, type FileHandle } from 'node:fs/promises'
import { NameIndex } from '../../formats/text/composed-name.ts'
import { POINT_COLUMNS, readLandmarkRow } from '../../formats/landmark-files/parse-landmark-csv.ts'
import { readLandmarkValue } from '../../formats/landmark-files/parse-landmark-json.ts'
import { LandmarkFileError, type ParsedLandmarks } from '../../formats/landmark-files/parsed-landmarks.ts'
import { TableParser, type TableRow } from '../../formats/table/parse-table.ts'
import { UserError } from '../../errors.ts'
import type { LandmarkReader } from './open.ts'
import { hashBytes } from '../../tools/files/read-located.ts'
import { openTable, type TableFile } from '../../tools/files/read-table.ts'

/** Several rows for one picture are several faces. Throws a UserError for a table without `file_name`. */
export async function openLandmarkTable(table: TableFile): Promise<LandmarkReader> {
  const { spans, columns, broken } = await indexRows(table)
  const handle = await open(table.file)
  const names = new NameIndex(spans.keys())
  const parser = new TableParser(table.name, table.kind, columns)
  return {
    async find(picture) {
      const found = spans.get(names.find(picture) ?? names.find(picture.replaceAll('/', '\\')) ?? '')
      if (found === undefined) return null
      const texts = await Promise.all(found.map((span) => readSpan(handle, span)))
      return {
        place: table.name,
        hash: hashBytes(Buffer.concat(texts)),
        parse: () => joinFaces(found.map((span, index) => parseRow(parser, span, texts[index]!))),
      }
    },
    explain: (picture) =>
      `${table.name} has no row for ${picture}` +
      (broken === null
        ? ''
        : ` (and rows that can't be read; the first: ${broken.place}: ${broken.problem})`),
    close: () => handle.close(),
  }
}

interface Span {
  readonly line: number
  readonly offset: number
  readonly lengthBytes: number
}

const COLUMN = 'file_name'

async function indexRows(table: TableFile) {
  const spans = new Map<string, Span[]>()
  let broken: TableRow | null = null
  const { columns, rows } = await openTable(table)
  if (columns !== null) checkColumns(table.name, columns)
  for await (const row of rows) {
    const name = row.record?.[COLUMN] ?? row.record?.['image']
    if (typeof name !== 'string' || name === '') {
      broken ??= { ...row, problem: row.problem ?? `it has no ${COLUMN}` }
      continue
    }
    const { offset, lengthBytes } = row
    const span = { line: Number(/\d+$/.exec(row.place)![0]), offset, lengthBytes }
    const path = name.replace(/^(\.\/)+/, '')
    spans.set(path, [...(spans.get(path) ?? []), span])
  }
  return { spans, columns, broken }
}

function checkColumns(name: string, columns: readonly string[]): void {
  const missing = [COLUMN, ...POINT_COLUMNS.flat()].find((column) => !columns.includes(column))
  if (missing === undefined) return
  throw new UserError(
    `${name} has no column ${missing}: expected file_name,x0,y0,x1,y1 and so on to x67,y67.`,
    {
      reason: 'preflight',
      code: 'column-missing',
      hint: 'One row is one face; coordinates are pixels, (0, 0) the centre of the top-left one.',
    },
  )
}

async function readSpan(handle: FileHandle, { offset, lengthBytes }: Span): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offset)
  return buffer.subarray(0, bytesRead)
}

function parseRow(parser: TableParser, { line, offset }: Span, bytes: Uint8Array): ParsedLandmarks {
  const { record, problem } = parser.parseRow({ bytes, line, offset })
  if (record === null) throw new LandmarkFileError(problem ?? 'it was changed in the meantime')
  try {
    return parser.columns === null
      ? readLandmarkValue(record)
      : { faces: [readLandmarkRow(record)], size: null }
  } catch (error) {
    if (error instanceof LandmarkFileError)
      throw new LandmarkFileError(`line ${line}: ${error.message}`, error.code)
    throw error
  }
}

function joinFaces(rows: readonly ParsedLandmarks[]): ParsedLandmarks {
  return { faces: rows.flatMap(({ faces }) => faces), size: rows[0]!.size }
}
