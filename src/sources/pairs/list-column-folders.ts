/** Lists pairs that are stored as one folder for each column; files with the same base name belong together. */
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { NameIndex } from '../../formats/text/composed-name.ts'
import { findNearest, suggestVariable } from '../../formats/text/nearest-name.ts'
import { countExtensions } from '../../formats/pictures/picture-names.ts'
import { readUtf8 } from '../../formats/text/utf8-text.ts'
import { UserError } from '../../errors.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { OtherForm } from '../../tools/files/other-form.ts'
import { findPictureFiles, type FoundFile } from '../folders-and-zips/picture-files.ts'
import type { OpenSourceOptions, SourceEntry, SourceListing } from '../picture-source.ts'

type Options = Pick<
  OpenSourceOptions,
  'place' | 'exclude' | 'columns' | 'values' | 'isTemplate' | 'conditioning'
>

export async function hasColumnFolders({ place, columns }: Options): Promise<boolean> {
  return isFolder(join(place, columns.image))
}

/** `read` is true when captions are to be read. */
export async function listColumnFolders(
  options: Options & { readonly read: boolean },
): Promise<SourceListing> {
  const { place, exclude, columns, conditioning } = options
  const images = await findPictureFiles(join(place, columns.image), { exclude })
  await checkTexts(options, images.texts)
  const folder = join(place, columns.conditioning_image)
  const drawings =
    conditioning && (await isFolder(folder)) ? await findPictureFiles(folder, { exclude }) : null
  const byName = groupByName(drawings?.pictures ?? [])
  const unread = new Map(drawings?.unread.map((file) => [withoutExtension(file), file]))
  const names = new NameIndex(byName.keys())
  const forms = new OtherForm(place)
  const entries: SourceEntry[] = []
  const made = mapInOrder(images.pictures, 64, async (file) => {
    const entry = toEntry(columns.image, file)
    const joined = conditioning
      ? addConditioning(
          entry,
          { found: byName.get(names.find(withoutExtension(file.path)) ?? ''), unread },
          options,
        )
      : entry
    return { ...joined, ...readValues(file.path, { ...options, forms }) }
  })
  for await (const entry of made) entries.push(entry)
  return { entries, folders: images.folders, others: images.others, unread: countExtensions(images.unread) }
}

function toEntry(column: string, { path, sizeBytes, mtimeMs, problem }: FoundFile): SourceEntry {
  const entry = {
    path: `${column}/${path}`,
    sizeBytes,
    version: String(mtimeMs),
    values: {},
    conditioning: null,
  }
  return problem === undefined ? entry : { ...entry, problem: { code: 'unreadable', message: problem } }
}

function groupByName(files: readonly FoundFile[]): Map<string, FoundFile[]> {
  const groups = new Map<string, FoundFile[]>()
  for (const file of files) {
    const name = withoutExtension(file.path)
    groups.set(name, [...(groups.get(name) ?? []), file])
  }
  return groups
}

interface Drawings {
  /** Conditioning images with the picture's name. */
  readonly found: readonly FoundFile[] | undefined
  /** Name without extension → path, for images in formats that can't be read. */
  readonly unread: ReadonlyMap<string, string>
}

function addConditioning(
  entry: SourceEntry,
  { found = [], unread }: Drawings,
  { columns: { image, conditioning_image: column } }: Options,
): SourceEntry {
  if (entry.problem !== undefined) return entry
  const [file, other] = found
  if (file !== undefined && other === undefined) {
    const version = [entry.version, file.path, file.sizeBytes, file.mtimeMs].join(' ')
    return { ...entry, version, conditioning: `${column}/${file.path}` }
  }
  const name = withoutExtension(entry.path.slice(image.length + 1))
  const notRead = unread.get(name)
  const message =
    file === undefined
      ? `there is no picture ${column}/${name}.*${notRead === undefined ? '' : ` that can be read, only ${column}/${notRead}`}`
      : `both ${column}/${file.path} and ${column}/${other!.path} could be its conditioning image`
  return { ...entry, problem: { code: 'conditioning-missing', message } }
}

/** Throws a UserError for a column without a folder; otherwise no picture would have a text. */
async function checkTexts(
  { place, columns, values, isTemplate = false }: Options,
  beside: readonly FoundFile[],
): Promise<void> {
  const isBeside = beside.some(({ path }) => extname(path) === TEXT)
  for (const column of values) {
    if ((await isFolder(join(place, column))) || (column === columns.caption && isBeside)) continue
    const entries = await readdir(place, { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    throw noTexts({ place, column, isTemplate, folders: folders.sort() })
  }
}

interface Missing {
  readonly place: string
  readonly column: string
  readonly isTemplate: boolean
  readonly folders: readonly string[]
}

function noTexts({ place, column, isTemplate, folders }: Missing): UserError {
  const near = isTemplate ? suggestVariable(column, folders) : findNearest(column, folders)
  const use = isTemplate ? `the variable {${column}} of the caption template` : 'the captions'
  const found = folders.map((folder) => `${folder}/`).join(', ')
  return new UserError(`${place} has no folder ${column}/ with texts for ${use}; it has ${found}.`, {
    reason: 'preflight',
    code: 'column-missing',
    hint: `${near === null ? '' : `Did you mean ${near}? `}Correct dataset.captions, or put ${TEXT} files there.`,
  })
}

const TEXT = '.txt'

/** Reads the texts of a picture from files: in a folder with the column's name, or (for captions) beside the picture. */
function readValues(
  path: string,
  { columns, values, read, forms }: Options & { readonly read: boolean; readonly forms: OtherForm },
): Pick<SourceEntry, 'values' | 'problem'> {
  if (!read) return { values: {} }
  const texts = values.map((column) => {
    const name = withoutExtension(path) + TEXT
    const inFolder = readText(forms.read(`${column}/${name}`))
    const beside = column === columns.caption ? readText(forms.read(`${columns.image}/${name}`)) : null
    return [column, inFolder ?? beside] as const
  })
  const broken = texts.find(([, text]) => text === NOT_UTF8)
  if (broken !== undefined) {
    const problem = { code: 'no-caption', message: `its "${broken[0]}" is not UTF-8 text` } as const
    return { values: {}, problem }
  }
  return { values: Object.fromEntries(texts.filter(isText)) }
}

const NOT_UTF8 = Symbol('not UTF-8')

function readText(bytes: Buffer | null): string | typeof NOT_UTF8 | null {
  return bytes && (readUtf8(bytes) ?? NOT_UTF8)
}

function isText(each: readonly [string, unknown]): each is readonly [string, string] {
  return typeof each[1] === 'string'
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true
}

function withoutExtension(path: string): string {
  return path.slice(0, path.length - extname(path).length)
}
