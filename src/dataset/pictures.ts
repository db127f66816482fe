/** One line of `pictures.ndjson`: a picture of the source. */

export interface Picture {
  readonly id: string
  /** Path in the source, with `/`. */
  readonly source: string
  readonly sizeBytes: number
  readonly mtimeMs: number
  readonly sha256: string
  /** Text of the caption file; null when there is none, or when captions come from elsewhere. */
  readonly caption: string | null
}

/** Ids of further faces of one picture look so. */
const LIKE_A_FACE = /#\d+$/

/** The path without extension; with it where two would be called the same. Every id is unique. */
export function planIds(sources: readonly string[]): Map<string, string> {
  const taken = new Map<string, number>()
  for (const source of sources) {
    const id = withoutExtension(source)
    taken.set(id, (taken.get(id) ?? 0) + 1)
  }
  const full = new Set(sources)
  return new Map(
    sources.map((source) => {
      const id = withoutExtension(source)
      return [source, taken.get(id)! > 1 || full.has(id) || LIKE_A_FACE.test(id) ? source : id]
    }),
  )
}

function withoutExtension(path: string): string {
  return path.replace(/\.[^./]*$/, '')
}
