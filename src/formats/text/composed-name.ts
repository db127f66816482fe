/**
 * One name can be written in two ways: `é` as one character (composed, as most programs write it), or as `e` with an accent
 * behind it (decomposed, as macOS keeps file names). Pure.
 */

const PLAIN = /^[ -~]*$/

/** The composed form (NFC) of a name or path. */
export function composeName(name: string): string {
  return PLAIN.test(name) ? name : name.normalize('NFC')
}

/** Whether the name has one way to be written only. */
export function isPlainName(name: string): boolean {
  return PLAIN.test(name)
}

/** Finds names that are written in the other way. An exact name counts before others. */
export class NameIndex {
  readonly #names: ReadonlySet<string>
  readonly #composed = new Map<string, string>()

  constructor(names: Iterable<string>) {
    this.#names = new Set(names)
    for (const name of this.#names) {
      const composed = composeName(name)
      if (!isPlainName(name) && !this.#composed.has(composed)) this.#composed.set(composed, name)
    }
  }

  /** The name as it is in the index; null when it is not there in any form. */
  find(name: string): string | null {
    if (this.#names.has(name)) return name
    return isPlainName(name) ? null : (this.#composed.get(composeName(name)) ?? null)
  }
}
