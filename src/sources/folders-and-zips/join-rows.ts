/** Joins the rows of metadata files with the pictures that they name. */
import { normalize } from 'node:path/posix'
import { NameIndex } from '../../formats/text/composed-name.ts'
import type { PictureRow } from '../../formats/table/picture-rows.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import type { SourceEntry } from '../picture-source.ts'

/** A file as listed, without its content. */
export interface ListedFile {
  /** Path relative to the source. */
  readonly path: string
  readonly sizeBytes: number
  /** A text that changes whenever the content may have changed. */
  readonly version: string
  /** Why the file can't be read. */
  readonly problem?: string
}

export interface JoinOptions {
  /** Pictures that are part of the source with or without a row. */
  readonly pictures: readonly ListedFile[]
  readonly needsConditioning: boolean
  /** Returns the file that a row names; null when it does not exist. */
  readonly find: (path: string) => Promise<ListedFile | null>
}

/**
 * Returns one entry for each picture, and one for each row that can't be joined to a picture. If several files have a row for a
 * picture, the innermost file wins; within one file, the first row.
 */
export async function joinRows(
  rows: AsyncIterable<PictureRow>,
  { pictures, needsConditioning, find }: JoinOptions,
): Promise<SourceEntry[]> {
  const plain = new Map(pictures.map((file) => [file.path, file]))
  const names = new NameIndex(plain.keys())
  const asListed = (path: string): string => names.find(path) ?? names.find(withSlashes(path)) ?? path
  const findEither = async (path: string) =>
    (await find(path)) ?? (path.includes('\\') ? find(withSlashes(path)) : null)
  const byPath = new Map<string, PictureRow>()
  const entries: SourceEntry[] = []
  const named = new Set<string>()
  for await (const row of rows) {
    for (const path of [row.conditioning, ...row.others]) if (path !== null) named.add(asListed(path))
    const image = row.image === null ? null : asListed(row.image)
    const known = image === null ? undefined : byPath.get(image)
    const problem =
      row.problem ?? (known && sameTable(known, row) ? `it names ${image} as ${known.place} does` : null)
    if (problem !== null || image === null) entries.push(badRow(row, problem ?? 'it names no picture'))
    else byPath.set(image, row)
  }
  const paths = [...plain.keys()].filter((path) => byPath.has(path) || !named.has(path))
  const outside = [...byPath.keys()].filter((path) => !plain.has(path))
  const joined = mapInOrder([...paths, ...outside], 64, async (path) => {
    const row = byPath.get(path)
    const file = plain.get(path) ?? (await findEither(path))
    if (file === null) return missing(path, row!)
    const entry = { ...plainEntry(file), values: row?.values ?? {} }
    return needsConditioning && entry.problem === undefined ? addConditioning(entry, row, findEither) : entry
  })
  for await (const entry of joined) entries.push(entry)
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export function plainEntry({ path, sizeBytes, version, problem }: ListedFile): SourceEntry {
  const entry = { path, sizeBytes, version, values: {}, conditioning: null }
  return problem === undefined ? entry : { ...entry, problem: { code: 'unreadable', message: problem } }
}

/**
 * Windows programs write paths with backslashes. Other systems allow backslashes in names, so the path is tried unchanged
 * first.
 */
function withSlashes(path: string): string {
  return normalize(path.replaceAll('\\', '/'))
}

function sameTable(a: PictureRow, b: PictureRow): boolean {
  const table = ({ place }: PictureRow): string => place.replace(/:\d+$/, '')
  return table(a) === table(b)
}

const NOTHING = { sizeBytes: 0, version: '', values: {}, conditioning: null }

function badRow({ place }: PictureRow, message: string): SourceEntry {
  return { ...NOTHING, path: place, problem: { code: 'bad-row', message } }
}

function missing(path: string, { place }: PictureRow): SourceEntry {
  const message = `${place} names it, but it is not there`
  return { ...NOTHING, path, problem: { code: 'bad-row', message } }
}

async function addConditioning(
  entry: SourceEntry,
  row: PictureRow | undefined,
  find: JoinOptions['find'],
): Promise<SourceEntry> {
  const reject = (message: string): SourceEntry => ({
    ...entry,
    problem: { code: 'conditioning-missing', message },
  })
  if (row === undefined) return reject('no row of the metadata names it')
  if (row.conditioning === null) return reject(`${row.place} names no conditioning image for it`)
  const file = await find(row.conditioning)
  if (file === null) return reject(`its conditioning image ${row.conditioning} (${row.place}) is not there`)
  return {
    ...entry,
    conditioning: file.path,
    version: [entry.version, file.path, file.sizeBytes, file.version].join(' '),
  }
}
