/** The pictures behind paths that a person gave: files, and folders with all that is in them. */
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { isAnnotationFile, type PictureEntry } from '../../dataset/annotations/annotation-names.ts'
import { UserError } from '../../errors.ts'
import { isPictureFile, isUnreadPicture, withoutCopies } from '../../dataset/pictures/picture-names.ts'
import { EXPECTED_PICTURES } from '../../dataset/sources/source-problem.ts'
import { adviseReading, describeFileProblem } from '../../file-error.ts'

/** Each picture once, in the order of the paths; within a folder by name. A named file counts whatever its name. */
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
      hint: 'Give pictures, or folders with pictures.',
    })
  }
  if (!found.isDirectory()) return isAnnotationFile(file) ? [] : [{ file, relative: basename(file) }]
  const files = leaveOutCopies(await walk(file, new Set()))
  return files.map((each) => ({ file: each, relative: relative(file, each) }))
}

/** Links are followed, and each folder is visited once, as in a source. `visited`: real paths. */
async function walk(folder: string, visited: Set<string>): Promise<string[]> {
  const real = await realpath(folder).catch(() => folder)
  if (visited.has(real)) return []
  visited.add(real)
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new UserError(`Can't read the folder ${folder}: ${describeFileProblem(error)}.`, {
      reason: 'preflight',
      code: 'folder-unreadable',
      hint: adviseReading(error),
      cause: error,
    })
  })
  const files: string[] = []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry
    if (target?.isDirectory()) files.push(...(await walk(path, visited)))
    else if (isWanted(entry.name)) files.push(path)
  }
  return files
}

/** What can't be read is wanted too: leaving it out in silence would puzzle. */
function isWanted(name: string): boolean {
  return !isAnnotationFile(name) && (isPictureFile(name) || isUnreadPicture(name))
}

function leaveOutCopies(files: readonly string[]): readonly string[] {
  const unread = files.filter((file) => isUnreadPicture(file))
  const pictures = files.filter((file) => !isUnreadPicture(file))
  const wanted = new Set(withoutCopies(unread, pictures))
  return files.filter((file) => wanted.has(file) || !isUnreadPicture(file))
}
