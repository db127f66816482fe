/** The pictures of a zip archive, by the rules that hold for a folder: `picture-files.ts`. */
import { extname } from 'node:path/posix'
import type { ZipDirectory, ZipEntry } from '../../dataset/zip/directory.ts'
import { isPictureFile } from '../pictures.ts'

export interface ZipListing {
  /** Ordered by path. */
  readonly pictures: readonly ZipPicture[]
  readonly folders: number
  /** Files that are no pictures, counted by extension. */
  readonly others: Readonly<Record<string, number>>
}

export interface ZipPicture extends ZipEntry {
  readonly path: string
}

/** Hidden files, and what macOS adds, are left out. `skip`: pictures that are not wanted as such, by name. */
export function listZipPictures(directory: ZipDirectory, skip?: (name: string) => boolean): ZipListing {
  const pictures: ZipPicture[] = []
  const others: Record<string, number> = {}
  const folders = new Set<string>()
  directory.names.forEach((path, index) => {
    if (HIDDEN.test(path)) return
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    if (isPictureFile(name)) {
      if (skip?.(name) === true) return
      folders.add(path.slice(0, slash + 1))
      pictures.push({ path, ...directory.at(index) })
    } else {
      const extension = extname(name).toLowerCase() || '(none)'
      others[extension] = (others[extension] ?? 0) + 1
    }
  })
  pictures.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { pictures, folders: folders.size, others }
}

const HIDDEN = /(^|\/)(\.|__MACOSX\/)/
