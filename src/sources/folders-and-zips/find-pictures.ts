/** Finds the pictures for `annotate` under the paths on its command line: files, and folders with everything in them. */
import { stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { isAnnotationFile, type PictureEntry } from '../../formats/pictures/annotation-names.ts'
import { UserError } from '../../errors.ts'
import {
  isNamedLikeNothing,
  isPictureFile,
  isUnreadPicture,
  withoutCopies,
} from '../../formats/pictures/picture-names.ts'
import { EXPECTED_PICTURES } from '../../dataset/sources/source-problem.ts'
import { beginsLikePicture } from '../../tools/files/read-head.ts'
import { isMisread, walkFolder } from './walk-folder.ts'

/**
 * Returns each picture once, in the order of the paths; inside a folder, sorted by name. A file that is named explicitly is
 * accepted whatever its extension. Throws a UserError when there are none.
 */
export async function findPictures(paths: readonly string[]): Promise<PictureEntry[]> {
  const found = new Map<string, PictureEntry>()
  for (const path of paths) {
    for (const entry of await findBelow(resolve(path), path)) {
      if (!found.has(entry.file)) found.set(entry.file, entry)
    }
  }
  if (found.size > 0) return [...found.values()]
  throw new UserError(`No pictures in ${paths.join(', ')}.`, {
    reason: 'preflight',
    code: 'no-pictures',
    hint: `Expected files that end in ${EXPECTED_PICTURES}.`,
  })
}

async function findBelow(file: string, given: string): Promise<PictureEntry[]> {
  const found = await stat(file).catch(() => null)
  if (found === null) {
    throw new UserError(`There is no ${given}.`, {
      reason: 'preflight',
      code: 'path-missing',
      hint: isMisread(given)
        ? 'Its name is not UTF-8 text: rename it.'
        : 'Give pictures, or folders with pictures.',
    })
  }
  if (!found.isDirectory()) return isAnnotationFile(file) ? [] : [{ file, relative: basename(file) }]
  const files = leaveOutCopies(await walk(file))
  return files.map((each) => ({ file: each, relative: relative(file, each) }))
}

/** Returns paths in order. An unreadable subfolder throws a UserError, because the user asked for everything in the folder. */
async function walk(folder: string): Promise<string[]> {
  const files: string[] = []
  await walkFolder(folder, [], {
    file(path, name, isFile) {
      const isPicture = isFile && isNamedLikeNothing(name) && beginsLikePicture(join(folder, path))
      if (isPicture || isWanted(name)) files.push(path)
    },
    unreadable(path, problem) {
      throw new UserError(`Can't use ${join(folder, path)}: ${problem}.`, {
        reason: 'preflight',
        code: 'folder-unreadable',
        hint: 'Mend it, or name the other folders.',
      })
    },
  })
  return files.sort((a, b) => (a < b ? -1 : 1)).map((path) => join(folder, path))
}

/** Also accepts pictures in formats that can't be read, so that they get an error message instead of being skipped silently. */
function isWanted(name: string): boolean {
  return !isAnnotationFile(name) && (isPictureFile(name) || isUnreadPicture(name))
}

function leaveOutCopies(files: readonly string[]): readonly string[] {
  const unread = files.filter((file) => isUnreadPicture(file))
  const pictures = files.filter((file) => !isUnreadPicture(file))
  const wanted = new Set(withoutCopies(unread, pictures))
  return files.filter((file) => wanted.has(file) || !isUnreadPicture(file))
}
