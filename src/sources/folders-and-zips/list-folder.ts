/** The pictures of a folder, with what its metadata files say of them. */
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
  /** Pictures that are not wanted as such, by name. */
  readonly skip?: ((name: string) => boolean) | undefined
  /** Null: metadata is not looked at. */
  readonly wanted: WantedColumns | null
}

export interface FolderListing extends SourceListing {
  /** Files whose changes change the listing, or what is read with it. */
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

/** Finds files by their paths below the folder; the path that it gives is that on the disk. */
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
