/** Goes through a folder and all that is in it. Links are followed, each folder is visited once, hidden names are left out. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { adviseReading, describeFileProblem, nameSystemError } from '../../file-error.ts'

export interface WalkVisitor {
  /** `path`: below the folder, with `/`. `isFile`: false of links to nothing, pipes and devices. */
  file(path: string, name: string, isFile: boolean): void
  /** A folder inside that can't be read. Throwing ends the walk. */
  unreadable(path: string, problem: string): void
}

/** `exclude`: absolute folders that are left out. Throws a UserError where the folder itself can't be read. */
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
  /** Real paths of folders that are not entered any more. */
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

/** Null: it was there already. */
async function readFolder(folder: string, seen: Set<string>): Promise<Dirent[] | null> {
  const real = await realpath(folder)
  if (seen.has(real)) return null
  seen.add(real)
  return readdir(folder, { withFileTypes: true })
}

/** What an ext file system keeps for itself at its top: only root may read it, and it holds no pictures. */
function isOfTheSystem(path: string): boolean {
  return path === 'lost+found'
}

function explainFolder(path: string, error: unknown): string {
  if (nameSystemError(error) === 'ENOENT' && isMisread(path)) return `it is a folder, and ${NOT_UTF8}`
  return `it is a folder that can't be read: ${describeFileProblem(error)}`
}

export const NOT_UTF8 = 'its name is not UTF-8 text; rename it'

/** Node puts this sign in the place of bytes that are not UTF-8, and then doesn't find the file. */
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
