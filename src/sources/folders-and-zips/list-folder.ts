/** Lists the pictures of a folder, with the values from its metadata files. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { findPictureFiles, type FoundFile } from './picture-files.ts'
import { openTable } from '../../tools/files/read-table.ts'
import type { MetadataFile } from './folder-metadata.ts'
import type { ListedFile } from './join-rows.ts'
import { listFiles } from './list-files.ts'
import { OtherForm } from '../../tools/files/other-form.ts'
import type { SourceListing } from '../picture-source.ts'

export interface ListFolderOptions {
  readonly folder: string
  readonly exclude: readonly string[]
  /** Returns true for a picture that is not to be listed; `name` is its file name. */
  readonly skip?: ((name: string) => boolean) | undefined
  /** Null: metadata files are not read. */
  readonly wanted: WantedColumns | null
}

export interface FolderListing extends SourceListing {
  /** Text files; a change in them may change the listing or what is read with it. */
  readonly texts: readonly FoundFile[]
}

export async function listFolder(options: ListFolderOptions): Promise<FolderListing> {
  const { folder, exclude, skip, wanted } = options
  const { pictures, texts, others, unread } = await findPictureFiles(folder, { exclude, skip })
  const files = {
    place: folder,
    pictures: pictures.map(toListed),
    texts: texts.map(({ path }) => path),
    others,
    unread,
    find: openFinder(folder),
    open: ({ path, kind }: MetadataFile) => openTable({ file: join(folder, path), name: path, kind }),
  }
  return { ...(await listFiles(files, wanted)), texts }
}

/**
 * Returns a function that finds a file by its path below the folder. The path in its result has the form that the file system
 * stores.
 */
export function openFinder(folder: string): (path: string) => Promise<ListedFile | null> {
  const forms = new OtherForm(folder)
  const find = async (path: string): Promise<ListedFile | null> => {
    const found = await stat(join(folder, path)).catch(() => null)
    if (found !== null) return { path, sizeBytes: found.size, version: String(found.mtimeMs) }
    const other = forms.find(path)
    return other === null ? null : find(other)
  }
  return find
}

function toListed({ path, sizeBytes, mtimeMs, problem }: FoundFile): ListedFile {
  const file = { path, sizeBytes, version: String(mtimeMs) }
  return problem === undefined ? file : { ...file, problem }
}
