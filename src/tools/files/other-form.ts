/**
 * Finds files whose names have another Unicode form (composed or decomposed) on disk than in a table, or than the names of
 * pictures.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPlainName, NameIndex } from '../../formats/text/composed-name.ts'

export class OtherForm {
  readonly #root: string
  /** Path below the root → names in that folder. A folder is listed once, and only when a name was not found. */
  readonly #folders = new Map<string, NameIndex>()

  /** `root` is an absolute path. */
  constructor(root: string) {
    this.#root = root
  }

  /** Returns the path below the root as it is on disk; null when it is the same path, or when nothing is found. */
  find(path: string): string | null {
    if (isPlainName(path)) return null
    let found = ''
    for (const part of path.split('/')) {
      const name = this.#list(found).find(part)
      if (name === null) return null
      found = found === '' ? name : `${found}/${name}`
    }
    return found === path ? null : found
  }

  /**
   * Returns the content of a file under either form of its path; null when it can't be read. Synchronous, which is fastest
   * here.
   */
  read(path: string): Buffer | null {
    const bytes = readNow(join(this.#root, path))
    if (bytes !== null) return bytes
    const other = this.find(path)
    return other === null ? null : readNow(join(this.#root, other))
  }

  #list(below: string): NameIndex {
    const known = this.#folders.get(below)
    if (known !== undefined) return known
    const names = new NameIndex(readNames(join(this.#root, below)))
    this.#folders.set(below, names)
    return names
  }
}

function readNow(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
