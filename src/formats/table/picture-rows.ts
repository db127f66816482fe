/** Finds the pictures that the rows of a metadata file name. Columns are named as in `datasets`' ImageFolder. Pure. */
import { join, normalize } from 'node:path/posix'
import { UserError } from '../../errors.ts'
import { findNearest, suggestVariable } from '../text/nearest-name.ts'
import type { WantedColumns } from '../parquet/wanted-columns.ts'
import type { TableRow } from './parse-table.ts'

export interface PictureRow {
  /** `metadata.csv:7` */
  readonly place: string
  /** Path below the source's folder; null when the row names no usable picture. */
  readonly image: string | null
  readonly conditioning: string | null
  /** Further files that the row names. They are not training pictures. */
  readonly others: readonly string[]
  readonly values: Readonly<Record<string, string>>
  /** Why the row is unusable; null when it is usable. */
  readonly problem: string | null
}

/** Possible columns, in order of preference: `image_file_name`, ImageFolder's `file_name`, the bare name. */
function imageColumns(image: string): string[] {
  return [`${image}_file_name`, 'file_name', image]
}

function conditioningColumns(conditioning: string): string[] {
  return [`${conditioning}_file_name`, conditioning]
}

/** `base` is the table's folder relative to the source's folder; '' when they are the same. */
export function planPictureRow(row: TableRow, wanted: WantedColumns, base: string): PictureRow {
  const empty = { place: row.place, image: null, conditioning: null, others: [], values: {} }
  if (row.record === null) return { ...empty, problem: row.problem }
  try {
    return { ...empty, ...readRow(row.record, wanted, base), problem: null }
  } catch (error) {
    if (error instanceof CellError) return { ...empty, problem: error.message }
    throw error
  }
}

class CellError extends Error {}

type Cells = Readonly<Record<string, unknown>>

function readRow(record: Cells, { image, conditioning, values }: WantedColumns, base: string) {
  const imageColumn = findColumn(record, imageColumns(image))
  if (imageColumn === null) throw new CellError(`it names no picture in ${imageColumns(image).join(', ')}`)
  const conditioningColumn =
    conditioning === null ? null : findColumn(record, conditioningColumns(conditioning))
  const others = Object.keys(record).filter(
    (column) => column.endsWith('_file_name') && ![imageColumn, conditioningColumn].includes(column),
  )
  return {
    image: readPath(record, imageColumn, base),
    conditioning: conditioningColumn === null ? null : readPath(record, conditioningColumn, base),
    others: others.flatMap((column) => {
      const path = parsePath(record[column], base)
      return path === null ? [] : [path]
    }),
    values: readValues(record, values),
  }
}

function findColumn(record: Cells, names: readonly string[]): string | null {
  return names.find((name) => readText(record, name) !== null) ?? null
}

/** Returns null when the key is absent, null or an empty string. */
function readText(record: Cells, column: string): string | null {
  const value = Object.hasOwn(record, column) ? record[column] : null
  if (value === null || value === '') return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const found = Array.isArray(value) ? 'a list' : 'an object'
  throw new CellError(`its ${JSON.stringify(column)} is ${found}; expected a text`)
}

/** Returns an empty string for a column that is present but empty. */
function readValues(record: Cells, columns: readonly string[]): Record<string, string> {
  const there = columns.filter((column) => Object.hasOwn(record, column))
  return Object.fromEntries(there.map((column) => [column, readValue(record, column)]))
}

/** Of a list of captions the first is taken, as for Parquet files. */
function readValue(record: Cells, column: string): string {
  const value = record[column]
  if (!Array.isArray(value)) return readText(record, column) ?? ''
  return readText({ [column]: (value as unknown[])[0] ?? null }, column) ?? ''
}

/** Returns true for a row without any value; spreadsheets write such rows at the end. */
export function isEmptyRow({ record }: TableRow): boolean {
  return record !== null && Object.values(record).every((value) => value === '')
}

const HOW = 'paths are written with / and start at the folder of the file that names them'

function readPath(record: Cells, column: string, base: string): string {
  const path = parsePath(record[column], base)
  if (path !== null) return path
  const shown = JSON.stringify(String(record[column]).slice(0, 100))
  throw new CellError(`its ${JSON.stringify(column)} is ${shown}; ${HOW}, without ..`)
}

/** Returns null unless the value is a relative path below `base`; rejects absolute paths, `..`, URLs and Windows drives. */
function parsePath(value: unknown, base: string): string | null {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return null
  if (value.startsWith('/') || value.startsWith('\\') || /^[a-z][a-z0-9+.-]*:[/\\]/i.test(value)) return null
  if (value.split(/[/\\]/).includes('..')) return null
  const path = normalize(join(base, value))
  return path === '.' || path.endsWith('/') ? null : path
}

/** Throws a UserError that lists the existing columns when a wanted column is missing. */
export function checkColumns(name: string, columns: readonly string[], wanted: WantedColumns): void {
  const { image, conditioning, values, isTemplate = false } = wanted
  requireOneOf(name, columns, imageColumns(image), 'pictures')
  if (conditioning !== null)
    requireOneOf(name, columns, conditioningColumns(conditioning), 'conditioning images')
  for (const column of values) requireText(name, columns, column, isTemplate)
}

function requireOneOf(name: string, there: readonly string[], names: readonly string[], what: string): void {
  if (names.some((column) => there.includes(column))) return
  const nearest = names.map((column) => findNearest(column, there)).find((column) => column !== null)
  throw missing(name, there, {
    wanted: `${names.map((column) => JSON.stringify(column)).join(' or ')} for the ${what}`,
    meant: nearest === undefined ? null : JSON.stringify(nearest),
    key: 'dataset.columns',
  })
}

function requireText(name: string, there: readonly string[], column: string, isTemplate: boolean): void {
  if (there.includes(column)) return
  const nearest = isTemplate ? null : findNearest(column, there)
  const use = isTemplate ? `the variable {${column}} of the caption template` : 'the captions'
  throw missing(name, there, {
    wanted: `${JSON.stringify(column)} for ${use}`,
    meant: isTemplate ? suggestVariable(column, there) : nearest && JSON.stringify(nearest),
    key: 'dataset.captions',
  })
}

interface Missing {
  readonly wanted: string
  readonly meant: string | null
  /** Config key to correct. */
  readonly key: string
}

function missing(name: string, there: readonly string[], { wanted, meant, key }: Missing): UserError {
  const listed = there.slice(0, 12).map((column) => JSON.stringify(column))
  const found = listed.join(', ') + (there.length > 12 ? ' …' : '')
  return new UserError(`${name} has no column ${wanted}; it has ${found || 'none'}.`, {
    reason: 'preflight',
    code: 'column-missing',
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}Correct ${key}, or the table.`,
  })
}
