/** Finds the pictures in a folder and its subfolders, and other files there. */
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
  /** Path relative to the searched folder, with `/`. */
  readonly path: string
  readonly sizeBytes: number
  readonly mtimeMs: number
  /** Why a picture can't be read: a link to nothing, a pipe. Only set for pictures. */
  readonly problem?: string
}

export interface FoundFiles {
  /** Sorted by path. */
  readonly pictures: readonly FoundFile[]
  /** Files that may describe pictures: captions, landmarks, metadata. */
  readonly texts: readonly FoundFile[]
  /** Number of folders that contain pictures. */
  readonly folders: number
  /** Extension → number of files that are not pictures. */
  readonly others: Readonly<Record<string, number>>
  /**
   * Paths of pictures that are not read, because of their format or their missing extension. A picture that also exists in a
   * readable format is not listed.
   */
  readonly unread: readonly string[]
}

export interface WalkOptions {
  /** Absolute paths of folders to skip: the kit's own, if they lie inside. */
  readonly exclude?: readonly string[]
  /** Returns true for a picture that is not to be listed; `name` is its file name. */
  readonly skip?: (name: string) => boolean
}

/** Extensions of files that may describe pictures. */
const TEXTS = ['.txt', '.caption', '.csv', '.jsonl', '.json', '.pts']

/** Walks as `walk-folder.ts` does. An unreadable subfolder is listed among the pictures, with its problem. */
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

/** After this many files the event loop gets a turn. */
const BATCH = 1000

/**
 * Skips files that vanish in the meantime. Synchronous calls one after the other take a fifth of the time of many parallel
 * ones.
 */
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
  return found ? 'it is not a file, but a pipe, a socket or a device' : 'it is a link to nothing'
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
