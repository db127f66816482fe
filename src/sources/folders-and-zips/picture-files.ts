/** The pictures in a folder, nested or not, and what else lies there. */
import { statSync, type Stats } from 'node:fs'
import { extname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  isNamedLikeNothing,
  isPictureFile,
  isUnreadPicture,
  withoutCopies,
} from '../../formats/pictures/picture-names.ts'
import { beginsLikePicture } from '../../tools/files/read-head.ts'
import { isMisread, NOT_UTF8, walkFolder } from './walk-folder.ts'

export interface FoundFile {
  /** Relative to the folder that was searched, with `/`. */
  readonly path: string
  readonly sizeBytes: number
  readonly mtimeMs: number
  /** Why it can't be read: a link to nothing, a pipe. Only of pictures. */
  readonly problem?: string
}

export interface FoundFiles {
  /** Ordered by path. */
  readonly pictures: readonly FoundFile[]
  /** Files that say something of pictures: captions, landmarks, metadata. */
  readonly texts: readonly FoundFile[]
  /** How many folders hold pictures. */
  readonly folders: number
  /** Files that are no pictures, counted by extension. */
  readonly others: Readonly<Record<string, number>>
  /** Paths of pictures that are not read, by their kind or for want of an extension, unless a picture of the same name is. */
  readonly unread: readonly string[]
}

export interface WalkOptions {
  /** Absolute folders that are left out: the kit's own, should they lie inside. */
  readonly exclude?: readonly string[]
  /** Pictures that are not wanted as such, by name. */
  readonly skip?: (name: string) => boolean
}

/** Extensions of files that say something of pictures. */
const TEXTS = ['.txt', '.caption', '.csv', '.jsonl', '.json', '.pts']

/** Walks as `walk-folder.ts` does. A folder inside that can't be read stands among the pictures, with its problem. */
export async function findPictureFiles(folder: string, options: WalkOptions = {}): Promise<FoundFiles> {
  const walk: Walk = { names: [], others: {}, unread: [], skip: options.skip }
  const unreadable: FoundFile[] = []
  await walkFolder(folder, options.exclude ?? [], {
    file(path, name, isFile) {
      if (!isFile && !isPictureFile(name)) return
      sortFile(path, name, walk)
      if (isFile && isNamedLikeNothing(name) && beginsLikePicture(join(folder, path))) walk.unread.push(path)
    },
    unreadable: (path, problem) => void unreadable.push({ path, sizeBytes: 0, mtimeMs: 0, problem }),
  })
  const files = await measureFiles(folder, walk.names.sort(compareText))
  const pictures = [...files.filter(({ path }) => !isTextFile(path)), ...unreadable]
  pictures.sort((a, b) => compareText(a.path, b.path))
  const folders = new Set(pictures.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1))).size
  const texts = files.filter(({ path }) => isTextFile(path))
  const unread = withoutCopies(
    walk.unread.sort(compareText),
    pictures.map(({ path }) => path),
  )
  return { pictures, texts, folders, others: walk.others, unread }
}

interface Walk {
  readonly names: string[]
  readonly others: Record<string, number>
  readonly unread: string[]
  readonly skip: ((name: string) => boolean) | undefined
}

function sortFile(path: string, name: string, walk: Walk): void {
  const isPicture = isPictureFile(name)
  const isText = isTextFile(name)
  if ((isPicture || isText) && walk.skip?.(name) !== true) walk.names.push(path)
  if (isPicture) return
  if (isUnreadPicture(name)) walk.unread.push(path)
  const extension = extname(name).toLowerCase() || '(none)'
  walk.others[extension] = (walk.others[extension] ?? 0) + 1
}

function isTextFile(path: string): boolean {
  return TEXTS.includes(extname(path).toLowerCase())
}

/** How many files are looked at before other work gets its turn. */
const BATCH = 1000

/** Files that vanish meanwhile are left out. One call after the other: a fifth of the time of asking for many at once. */
async function measureFiles(root: string, paths: readonly string[]): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (const [index, path] of paths.entries()) {
    if (index % BATCH === BATCH - 1) await setImmediate()
    const found = statNow(join(root, path))
    if (found?.isFile()) files.push({ path, sizeBytes: found.size, mtimeMs: found.mtimeMs })
    else if (isPictureFile(path))
      files.push({ path, sizeBytes: 0, mtimeMs: 0, problem: explain(path, found) })
  }
  return files
}

function statNow(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function explain(path: string, found: Stats | null): string {
  if (found === null && isMisread(path)) return NOT_UTF8
  return found ? 'it is no file, but a pipe, a socket or a device' : 'it is a link to nothing'
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
