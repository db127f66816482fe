/** The pictures of a folder, with what its metadata files say of them. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WantedColumns } from '../../dataset/parquet/wanted-columns.ts'
import { findPictureFiles, type FoundFile } from './picture-files.ts'
import { openTable } from '../files/read-table.ts'
import type { MetadataFile } from './folder-metadata.ts'
import type { ListedFile } from './join-rows.ts'
import { listFiles } from './list-files.ts'
import type { SourceListing } from './picture-source.ts'

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
    find: (path: string) => findFile(folder, path),
    open: ({ path, kind }: MetadataFile) => openTable({ file: join(folder, path), name: path, kind }),
  }
  return { ...(await listFiles(files, wanted)), texts }
}

export async function findFile(folder: string, path: string): Promise<ListedFile | null> {
  const found = await stat(join(folder, path)).catch(() => null)
  return found && { path, sizeBytes: found.size, version: String(found.mtimeMs) }
}

function toListed({ path, sizeBytes, mtimeMs, problem }: FoundFile): ListedFile {
  const file = { path, sizeBytes, version: String(mtimeMs) }
  return problem === undefined ? file : { ...file, problem }
}
