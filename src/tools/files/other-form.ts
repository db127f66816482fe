/** Files whose names are written in the other way (composed or decomposed) on the disk than in a table, or beside them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPlainName, NameIndex } from '../../formats/text/composed-name.ts'

export class OtherForm {
  readonly #root: string
  /** By path below the root. Folders are read once, and only when something is not there. */
  readonly #folders = new Map<string, NameIndex>()

  /** `root`: absolute. */
  constructor(root: string) {
    this.#root = root
  }

  /** The path as it is on the disk, below the root; null when that is no other one, or nothing is there. */
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

  /** The content of a file, by either form of its path; null when it can't be read. On this thread: that is the quickest. */
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
