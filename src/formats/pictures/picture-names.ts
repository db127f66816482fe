/** Tells by a file's name whether it is a picture, and whether the kit can read it. Pure. */
import { basename, extname } from 'node:path/posix'
import { isAnnotationFile } from './annotation-names.ts'

/**
 * `.jfif` to `.mpo` are other extensions of JPEG files; `.apng` and `.avifs` are animations, of which the first frame is read.
 */
export const PICTURE_EXTENSIONS = [
  ...['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff'],
  ...['.jfif', '.jpe', '.jif', '.pjpeg', '.pjp', '.mpo', '.apng', '.avifs'],
]

/** Picture formats that people have, but that the kit does not read. */
const UNREAD_EXTENSIONS = new Set([
  ...[
    '.heic',
    '.heif',
    '.heics',
    '.heifs',
    '.hif',
    '.jxl',
    '.jp2',
    '.j2k',
    '.jpf',
    '.jpx',
    '.jpm',
    '.j2c',
    '.jpc',
  ],
  ...[
    '.bmp',
    '.dib',
    '.gif',
    '.ico',
    '.tga',
    '.pcx',
    '.ppm',
    '.pgm',
    '.pbm',
    '.pnm',
    '.pam',
    '.pfm',
    '.ras',
    '.sgi',
  ],
  ...[
    '.exr',
    '.hdr',
    '.dds',
    '.jxr',
    '.wdp',
    '.hdp',
    '.qoi',
    '.psd',
    '.psb',
    '.xcf',
    '.kra',
    '.svg',
    '.svgz',
  ],
  // Raw formats of cameras.
  ...[
    '.dng',
    '.cr2',
    '.cr3',
    '.crw',
    '.nef',
    '.nrw',
    '.arw',
    '.srf',
    '.sr2',
    '.raf',
    '.orf',
    '.rw2',
    '.rwl',
    '.raw',
  ],
  ...['.pef', '.srw', '.x3f', '.3fr', '.fff', '.iiq', '.erf', '.kdc', '.dcr', '.mrw', '.mef', '.mos', '.gpr'],
])

/** Judges by the name alone. Files that `annotate` writes and hidden files are not counted as pictures. */
export function isPictureFile(name: string): boolean {
  const lower = name.toLowerCase()
  return (
    !basename(lower).startsWith('.') &&
    !isAnnotationFile(lower) &&
    PICTURE_EXTENSIONS.includes(extname(lower))
  )
}

export function isUnreadPicture(name: string): boolean {
  return !basename(name).startsWith('.') && UNREAD_EXTENSIONS.has(extname(name).toLowerCase())
}

/**
 * Returns true when the name does not tell what the file holds: it has no extension, or one that no program writes on purpose
 * (`.png `, `.jpg~`, `.1`). Only the first bytes tell whether such a file is a picture.
 */
export function isNamedLikeNothing(name: string): boolean {
  return !basename(name).startsWith('.') && !isAnnotationFile(name) && !/\.[a-z][a-z0-9]*$/i.test(name)
}

/**
 * Removes unreadable pictures that also exist in a readable format under the same name: cameras and phones often write both.
 */
export function withoutCopies(unread: readonly string[], pictures: Iterable<string>): string[] {
  if (unread.length === 0) return []
  const names = new Set([...pictures].map(stem))
  return unread.filter((path) => !names.has(stem(path)) || ARTWORK.has(extname(path).toLowerCase()))
}

/**
 * Cameras never write these formats beside a photo, so such a file is a picture of its own even if a readable one has the same
 * name.
 */
const ARTWORK = new Set([
  '.gif',
  '.bmp',
  '.ico',
  '.svg',
  '.svgz',
  '.psd',
  '.psb',
  '.xcf',
  '.kra',
  '.tga',
  '.pcx',
])

/** Lower case, because some file systems ignore case. */
function stem(path: string): string {
  return path.slice(0, path.length - extname(path).length).toLowerCase()
}

/** Stands in counts for the extension of files whose name does not tell what they hold. */
export const NO_EXTENSION = 'without an extension'

/** Extension → number of files. */
export type ExtensionCounts = Readonly<Record<string, number>>

export function countExtensions(paths: readonly string[]): ExtensionCounts {
  const counts: Record<string, number> = {}
  for (const path of paths) {
    const extension = isNamedLikeNothing(path) ? NO_EXTENSION : extname(path).toLowerCase()
    counts[extension] = (counts[extension] ?? 0) + 1
  }
  return counts
}
