/** Checks that a Parquet table has the columns that the config names. */
import { distance } from 'fastest-levenshtein'
import { UserError, type Problem } from '../../errors.ts'
import { suggestVariable } from '../text/nearest-name.ts'
import type { WantedColumns } from './wanted-columns.ts'

interface FoundColumn {
  readonly name: string
  readonly kind: 'picture' | 'text'
  /** Not null when the cells may be file names of pictures. */
  readonly path?: unknown
}

export interface TablePlace {
  /** The table's file name, as error messages show it. */
  readonly place: string
  /** True when picture files may lie beside the table, so that a cell may name a file. */
  readonly hasFiles: boolean
}

/** Throws a UserError that lists each missing column and the columns that exist. */
export function checkColumns(
  columns: readonly FoundColumn[],
  wanted: WantedColumns,
  { place, hasFiles }: TablePlace,
): void {
  const problems = [
    findProblem(columns, wanted.image, { key: 'dataset.columns.image', picture: true, hasFiles }),
    wanted.conditioning === null
      ? null
      : findProblem(columns, wanted.conditioning, {
          key: 'dataset.columns.conditioning_image',
          picture: true,
          hasFiles,
        }),
    ...wanted.values.map((name) =>
      findProblem(columns, name, { key: 'dataset.captions', picture: false, isTemplate: wanted.isTemplate }),
    ),
  ].filter((problem) => problem !== null)
  if (problems.length === 0) return
  const [{ path }] = problems as [Problem]
  throw new UserError(`${place} does not have the columns that the config names.`, {
    code: 'column-missing',
    problems,
    hint: `Its columns: ${columns.map(formatColumn).join(', ')}. Name the right one in ${path}.`,
  })
}

interface WantedColumn {
  readonly key: string
  readonly picture: boolean
  readonly hasFiles?: boolean
  readonly isTemplate?: boolean | undefined
}

function findProblem(
  columns: readonly FoundColumn[],
  name: string,
  { key, picture, hasFiles = false, isTemplate = false }: WantedColumn,
): Problem | null {
  const found = columns.find((column) => column.name === name)
  if (found !== undefined && (found.kind === 'picture') === picture) return null
  if (found !== undefined && picture && hasFiles && (found.path ?? null) !== null) return null
  if (found !== undefined)
    return {
      where: null,
      path: key,
      message: `the column ${name} holds ${found.kind === 'picture' ? 'pictures, no texts' : 'no pictures'}`,
    }
  const names = columns.filter(({ kind }) => (kind === 'picture') === picture).map((column) => column.name)
  const meant = isTemplate ? suggestVariable(name, names) : suggest(name, names)
  const message = `there is no column ${name}${meant === null ? '' : `; did you mean ${meant}?`}`
  return { where: null, path: key, message }
}

function suggest(name: string, names: readonly string[]): string | null {
  return [...names].sort((a, b) => distance(name, a) - distance(name, b))[0] ?? null
}

function formatColumn({ name, kind }: FoundColumn): string {
  return kind === 'picture' ? `${name} (pictures)` : name
}
