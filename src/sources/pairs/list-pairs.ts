/**
 * Lists ready-made pairs. They can be a table that names pictures and conditioning images, a folder with such a table
 * (`metadata.csv`, `metadata.jsonl`), or a folder with one subfolder for each column.
 */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { tableKind, type TableKind } from '../../formats/table/parse-table.ts'
import { UserError } from '../../errors.ts'
import { openTable } from '../../tools/files/read-table.ts'
import { listColumnFolders, hasColumnFolders } from './list-column-folders.ts'
import { listFolder, openFinder } from '../folders-and-zips/list-folder.ts'
import { readRows } from '../folders-and-zips/folder-metadata.ts'
import { joinRows } from '../folders-and-zips/join-rows.ts'
import type { OpenSourceOptions, SourceListing } from '../picture-source.ts'
import { chooseColumns } from '../choose-columns.ts'

export type PairsOptions = Pick<
  OpenSourceOptions,
  'place' | 'exclude' | 'columns' | 'values' | 'isTemplate' | 'conditioning'
>

/** With `read: false`, texts in files of their own are not read; planning uses this. */
export async function listPairs(options: PairsOptions, { read }: { read: boolean }): Promise<SourceListing> {
  const listing = await listBy(options, read)
  const { entries } = listing
  if (entries.length > 0 && entries.every(({ problem }) => problem !== undefined))
    throw nothingFits(options, listing)
  return listing
}

async function listBy(options: PairsOptions, read: boolean): Promise<SourceListing> {
  const { place, exclude } = options
  const wanted = chooseColumns(options)
  if (!(await isFolder(place))) return listTable(place, requireTable(place), options)
  if (await hasMetadata(place)) return listFolder({ folder: place, exclude, wanted })
  if (await hasColumnFolders(options)) return listColumnFolders({ ...options, read })
  throw noPairs(options)
}

async function hasMetadata(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return names.includes('metadata.csv') || names.includes('metadata.jsonl')
}

function noPairs({ place, columns: { image, conditioning_image } }: PairsOptions): UserError {
  return new UserError(
    `${place} has no pairs: expected metadata.csv or metadata.jsonl in it, or the folders ${image}/ and ${conditioning_image}/.`,
    { reason: 'preflight', code: 'no-pairs', hint: 'docs/sources.md shows what pairs can look like.' },
  )
}

async function listTable(file: string, kind: TableKind, options: PairsOptions): Promise<SourceListing> {
  const wanted = chooseColumns(options)
  const name = basename(file)
  const rows = readRows({ name, kind, table: await openTable({ file, name, kind }), base: '' }, wanted)
  const entries = await joinRows(rows, {
    pictures: [],
    needsConditioning: wanted.conditioning !== null,
    find: openFinder(dirname(file)),
  })
  const folders = new Set(entries.map(({ path }) => dirname(path))).size
  return { entries, folders, others: {}, unread: {} }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true
}

function requireTable(place: string): TableKind {
  const kind = tableKind(place)
  if (kind !== null) return kind
  throw new UserError(`${place} is not a table of pairs: expected a .csv or .jsonl file, or a folder.`, {
    reason: 'preflight',
    code: 'not-a-table',
    hint: 'Name the file whose columns name the pictures and their conditioning images.',
  })
}

/** Error for when no pair is usable: that is one mistake in the table or the config, not a fault of each row. */
function nothingFits({ place }: PairsOptions, { entries }: SourceListing): UserError {
  const [first] = entries
  const all = entries.length === 1 ? 'The only pair' : `None of the ${entries.length} pairs`
  const what = entries.length === 1 ? "can't be used" : 'can be used'
  return new UserError(`${all} of ${place} ${what}. The first: ${first!.path}: ${first!.problem!.message}.`, {
    reason: 'preflight',
    code: 'no-pairs',
    hint: 'Paths start at the folder of the file that names them. See docs/sources.md.',
  })
}
