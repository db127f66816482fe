/**
 * Unicode forms of file names. `é` can be one character (composed, NFC: what most programs write) or `e` and a combining accent
 * (decomposed, NFD: how macOS stores file names). Pure.
 */

const PLAIN = /^[ -~]*$/

/** The composed form (NFC) of a name or path. */
export function composeName(name: string): string {
  return PLAIN.test(name) ? name : name.normalize('NFC')
}

/** Returns true for a name in ASCII, which has only one form. */
export function isPlainName(name: string): boolean {
  return PLAIN.test(name)
}

/** Finds a name even if its accents are in the other Unicode form. An exact match is preferred. */
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

  /** Returns the name as it was given to the index; null when it is in there in no form. */
  find(name: string): string | null {
    if (this.#names.has(name)) return name
    return isPlainName(name) ? null : (this.#composed.get(composeName(name)) ?? null)
  }
}
