/** Lists the pictures of a zip archive by the same rules as `picture-files.ts`. */
import { extname } from 'node:path/posix'
import { isSegmentation } from '../../formats/landmark-files/face-synthetics.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import type { ZipDirectory } from '../../formats/zip/directory.ts'
import type { ZipEntry } from '../../formats/zip/entry-checks.ts'
import { isPictureHead, PICTURE_HEAD_BYTES } from '../../formats/pictures/picture-format.ts'
import {
  isNamedLikeNothing,
  isPictureFile,
  isUnreadPicture,
  withoutCopies,
} from '../../formats/pictures/picture-names.ts'
import { readTable } from '../../tools/files/read-table.ts'
import type { ZipContent } from '../../tools/zip/zip-directory.ts'
import { readZipEntry, readZipHead } from '../../tools/zip/zip-entry.ts'
import type { MetadataFile } from './folder-metadata.ts'
import type { ListedFile } from './join-rows.ts'
import { listFiles } from './list-files.ts'
import type { SourceListing } from '../picture-source.ts'
import type { ZipSpan } from '../../tools/files/located.ts'

export interface ListZipOptions {
  /** Absolute path. */
  readonly archive: string
  /** The archive's name in messages. */
  readonly place: string
  /** Null for FaceSynthetics: metadata is not read, and segmentation maps are not listed. */
  readonly wanted: WantedColumns | null
}

export async function listZip(
  { directory }: ZipContent,
  { archive, place, wanted }: ListZipOptions,
): Promise<SourceListing> {
  const files = {
    place,
    ...(await sortEntries({ directory, archive }, wanted === null ? isSegmentation : undefined)),
    find: async (path: string) => findEntry(directory, path),
    open: async ({ path, kind }: MetadataFile) =>
      readTable(readWhole(toSpan(archive, directory.find(path)!)), { name: path, kind }),
  }
  return listFiles(files, wanted)
}

/** Skips hidden files and the files that macOS adds. `skip` returns true for a picture that is not to be listed. */
async function sortEntries({ directory, archive }: Opened, skip?: (name: string) => boolean) {
  const pictures: ListedFile[] = []
  const texts: string[] = []
  const others: Record<string, number> = {}
  const unread: string[] = []
  for (const [index, path] of directory.names.entries()) {
    if (HIDDEN.test(path)) continue
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (isPictureFile(name)) {
      if (skip?.(name) !== true) pictures.push(toListed(path, directory.at(index)))
      continue
    }
    texts.push(path)
    const isPicture = isNamedLikeNothing(name) && (await beginsLikePicture(archive, directory.at(index)))
    if (isPicture || isUnreadPicture(name)) unread.push(path)
    const extension = extname(name).toLowerCase() || '(none)'
    others[extension] = (others[extension] ?? 0) + 1
  }
  pictures.sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    pictures,
    texts,
    others,
    unread: withoutCopies(
      unread,
      pictures.map(({ path }) => path),
    ),
  }
}

interface Opened {
  readonly directory: ZipDirectory
  /** Absolute path. */
  readonly archive: string
}

async function beginsLikePicture(archive: string, entry: ZipEntry): Promise<boolean> {
  return isPictureHead(await readZipHead(toSpan(archive, entry), PICTURE_HEAD_BYTES))
}

const HIDDEN = /(^|\/)(\.|__MACOSX\/)/

function findEntry(directory: ZipDirectory, path: string): ListedFile | null {
  const entry = directory.find(path)
  return entry === undefined ? null : toListed(path, entry)
}

function toListed(path: string, { sizeBytes, crc32 }: ZipEntry): ListedFile {
  return { path, sizeBytes, version: crc32.toString(16).padStart(8, '0') }
}

/** Reads the whole entry, so that its checksum is verified before the first row is used. */
async function* readWhole(span: ZipSpan): AsyncGenerator<Uint8Array> {
  yield await readZipEntry(span)
}

export function toSpan(archive: string, entry: ZipEntry): ZipSpan {
  return { kind: 'zip', archive, ...entry }
}
