/** What files are by their names: pictures that are read here, and pictures that are not. Pure. */
import { basename, extname } from 'node:path/posix'
import { isAnnotationFile } from './annotation-names.ts'

/** `.jfif` and what follows it are JPEGs by other names; `.apng` and `.avifs` are animations, whose first frame is read. */
export const PICTURE_EXTENSIONS = [
  ...['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff'],
  ...['.jfif', '.jpe', '.jif', '.pjpeg', '.pjp', '.mpo', '.apng', '.avifs'],
]

/** What people take for pictures, and what is not read here. */
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
  // Raw data of cameras.
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

/** By the name alone. What `annotate` draws is no picture to work on. */
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
 * Whether the name says nothing of what is in the file: it has no extension, or one that no program writes on purpose
 * (`.png `, `.jpg~`, `.1`). Only the first bytes tell whether it is a picture.
 */
export function isNamedLikeNothing(name: string): boolean {
  return !basename(name).startsWith('.') && !isAnnotationFile(name) && !/\.[a-z][a-z0-9]*$/i.test(name)
}

/** Those of the paths for which there is no picture of the same name that is read: cameras and phones write both. */
export function withoutCopies(unread: readonly string[], pictures: Iterable<string>): string[] {
  if (unread.length === 0) return []
  const names = new Set([...pictures].map(stem))
  return unread.filter((path) => !names.has(stem(path)) || ARTWORK.has(extname(path).toLowerCase()))
}

/** No camera writes them beside a photo: under the same name they are pictures of their own. */
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

/** Some systems do not tell upper from lower case. */
function stem(path: string): string {
  return path.slice(0, path.length - extname(path).length).toLowerCase()
}

/** Stands for the extension of files whose name says nothing of what is in them. */
export const NO_EXTENSION = 'without an extension'

/** How many files of each extension. */
export type ExtensionCounts = Readonly<Record<string, number>>

export function countExtensions(paths: readonly string[]): ExtensionCounts {
  const counts: Record<string, number> = {}
  for (const path of paths) {
    const extension = isNamedLikeNothing(path) ? NO_EXTENSION : extname(path).toLowerCase()
    counts[extension] = (counts[extension] ?? 0) + 1
  }
  return counts
}
