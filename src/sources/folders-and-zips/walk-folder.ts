/** Walks through a folder and its subfolders. Follows links, visits each folder once, skips hidden names. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { adviseReading, describeFileProblem, nameSystemError } from '../../file-error.ts'

export interface WalkVisitor {
  /** `path` is relative to the root, with `/`. `isFile` is false for links to nothing, pipes and devices. */
  file(path: string, name: string, isFile: boolean): void
  /** Called for a subfolder that can't be read. The callback may throw to stop the walk. */
  unreadable(path: string, problem: string): void
}

/** `exclude` are absolute paths of folders to skip. Throws a UserError when the root itself can't be read. */
export async function walkFolder(
  root: string,
  exclude: readonly string[],
  visitor: WalkVisitor,
): Promise<void> {
  const seen = new Set<string>()
  for (const path of exclude) seen.add(await realpath(path).catch(() => path))
  await visit(root, '', { seen, visitor })
}

interface Walk {
  /** Real paths of folders that must not be entered again. */
  readonly seen: Set<string>
  readonly visitor: WalkVisitor
}

async function visit(root: string, below: string, walk: Walk): Promise<void> {
  const { seen, visitor } = walk
  const entries = await readFolder(join(root, below), seen).catch((error: unknown) => {
    if (below === '') throw unreadableFolder(root, error)
    if (!isOfTheSystem(below)) visitor.unreadable(below, explainFolder(below, error))
    return null
  })
  for (const entry of entries ?? []) {
    if (entry.name.startsWith('.')) continue
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    const target = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => null) : entry
    if (target?.isDirectory()) await visit(root, path, walk)
    else visitor.file(path, entry.name, target?.isFile() === true)
  }
}

/** Returns null when the folder was visited before. */
async function readFolder(folder: string, seen: Set<string>): Promise<Dirent[] | null> {
  const real = await realpath(folder)
  if (seen.has(real)) return null
  seen.add(real)
  return readdir(folder, { withFileTypes: true })
}

/** ext file systems keep this folder at their top; only root can read it, and it contains no pictures. */
function isOfTheSystem(path: string): boolean {
  return path === 'lost+found'
}

function explainFolder(path: string, error: unknown): string {
  if (nameSystemError(error) === 'ENOENT' && isMisread(path)) return `it is a folder, and ${NOT_UTF8}`
  return `it is a folder that can't be read: ${describeFileProblem(error)}`
}

export const NOT_UTF8 = 'its name is not UTF-8 text; rename it'

/** Node replaces bytes that are not UTF-8 by this character, and then can't find the file. */
export function isMisread(path: string): boolean {
  return path.includes('\uFFFD')
}

function unreadableFolder(folder: string, cause: unknown): UserError {
  return new UserError(`Can't read the folder ${folder}: ${describeFileProblem(cause)}.`, {
    reason: 'preflight',
    code: 'folder-unreadable',
    hint: `${adviseReading(cause)} Or move it away.`,
    cause,
  })
}
