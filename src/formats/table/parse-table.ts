/**
 * Parses a CSV or JSONL file, given in pieces, into rows. An error in one row is reported with that row and does not stop the
 * others. Pure.
 */
import { UserError } from '../../errors.ts'
import { parseJson } from '../text/json-text.ts'
import { readUtf8 } from '../text/utf8-text.ts'
import { parseCsvRecord, QuoteError } from './parse-csv-record.ts'
import { RecordSplitter, type TableRecord } from './split-records.ts'

export type TableKind = 'csv' | 'jsonl'

export interface TableRow {
  /** `metadata.csv:7` */
  readonly place: string
  /** Byte offset of the row in the file. */
  readonly offset: number
  readonly lengthBytes: number
  /** Column → value: strings in CSV, any JSON value in JSONL. Null when the row can't be read. */
  readonly record: Readonly<Record<string, unknown>> | null
  readonly problem: string | null
}

/** Judges by the file's name; returns null when it is no table. */
export function tableKind(name: string): TableKind | null {
  const extension = /\.[^./\\]*$/.exec(name.toLowerCase())?.[0]
  if (extension === '.csv') return 'csv'
  return extension === '.jsonl' || extension === '.ndjson' ? 'jsonl' : null
}

export class TableParser {
  readonly #name: string
  readonly #kind: TableKind
  readonly #splitter: RecordSplitter
  #columns: readonly string[] | null

  /** `name` is the file's name in messages. Give `columns` when the first record is not a header but a row. */
  constructor(name: string, kind: TableKind, columns: readonly string[] | null = null) {
    this.#name = name
    this.#columns = columns
    this.#kind = kind
    this.#splitter = new RecordSplitter(kind === 'csv')
  }

  /** Null for JSONL, and for CSV until the first record has been read. */
  get columns(): readonly string[] | null {
    return this.#columns
  }

  /** Throws a UserError for an unusable header and for quotes in the wrong place. */
  *push(chunk: Uint8Array): Generator<TableRow> {
    for (const record of this.#splitter.push(chunk)) yield* this.#take(record)
  }

  *end(): Generator<TableRow> {
    for (const record of this.#splitter.end()) yield* this.#take(record)
  }

  /** Parses a single record, as a `RecordSplitter` yields it. Throws a UserError for quotes in the wrong place. */
  parseRow({ bytes, line, offset }: TableRecord): TableRow {
    const row = { place: `${this.#name}:${line}`, offset, lengthBytes: bytes.length }
    const text = readUtf8(bytes)
    if (text === null) return { ...row, record: null, problem: 'it is not UTF-8 text' }
    try {
      const record = this.#kind === 'csv' ? this.#nameFields(this.#split(text, line)) : readJson(text)
      return { ...row, record, problem: null }
    } catch (error) {
      if (error instanceof RowError) return { ...row, record: null, problem: error.message }
      throw error
    }
  }

  *#take(record: TableRecord): Generator<TableRow> {
    if (record.offset === 0) refuseUtf16(record.bytes, this.#name)
    if (this.#kind === 'csv' && this.#columns === null) this.#columns = this.#readHeader(record)
    else if (record.bytes.some((byte) => byte !== BLANK)) yield this.parseRow(record)
  }

  #nameFields(fields: readonly string[]): Record<string, string> {
    const columns = this.#columns!
    const isWhole = fields.length >= columns.length && fields.slice(columns.length).every(isEmpty)
    if (isWhole) return Object.fromEntries(columns.map((column, index) => [column, fields[index]!]))
    const found = `expected ${columns.length} fields as in the first line, found ${fields.length}`
    throw new RowError(`${found} (a field with a comma needs quotes)`)
  }

  #readHeader({ bytes, line }: TableRecord): string[] {
    const text = readUtf8(bytes)
    if (text === null) throw badTable(this.#name, line, 'it is not UTF-8 text')
    const columns = trimEnd(this.#split(text, line).map((column) => column.trim()))
    const problem = findHeaderProblem(columns, text)
    if (problem === null) return columns
    throw badTable(this.#name, line, problem)
  }

  #split(text: string, line: number): string[] {
    try {
      return parseCsvRecord(text)
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error
      const before = text.slice(0, error.at).split('\n')
      const place = `${line + before.length - 1}:${before.at(-1)!.length + 1}`
      throw badTable(this.#name, place, error.message)
    }
  }
}

/** Removes empty names at the end: spreadsheets write a comma for every column that was ever used. */
function trimEnd(columns: readonly string[]): string[] {
  const last = columns.findLastIndex((column) => column !== '')
  return columns.slice(0, Math.max(1, last + 1))
}

const isEmpty = (field: string): boolean => field.trim() === ''

/** One row is unusable; the others are not affected. */
class RowError extends Error {}

const BLANK = 0x20

function readJson(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    throw new RowError(`expected a JSON object (${(error as Error).message})`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new RowError('expected a JSON object')
}

function findHeaderProblem(columns: readonly string[], text: string): string | null {
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined) return `the column ${JSON.stringify(twice)} is there twice`
  if (columns.length > 1) return null
  const other = /[;\t|]/.exec(text)?.[0]
  if (other === undefined) return null
  const name = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' }[other]
  return `expected fields separated by commas, found ${name}`
}

function badTable(name: string, place: number | string, problem: string): UserError {
  return new UserError(`${name}:${place}: ${problem}.`, {
    reason: 'preflight',
    code: 'table-malformed',
    hint: 'Save the table as CSV: UTF-8, comma-separated, the names of the columns in the first line.',
  })
}

function refuseUtf16([first, second]: Uint8Array, name: string): void {
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (isUtf16) throw badTable(name, 1, 'it is UTF-16 text; expected UTF-8')
}
