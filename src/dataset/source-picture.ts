/** One line of `pictures.ndjson`: a picture of the source. */
import type { Reject } from './annotations/rejects.ts'

export interface SourcePicture {
  readonly id: string
  /** Path in the source, with `/`. */
  readonly source: string
  readonly sizeBytes: number
  /** Changes whenever the content may have changed. */
  readonly version: string
  /** Null when the content is not read before annotation: for remote sources, and for unreadable files. */
  readonly sha256: string | null
  /** Text of the caption file or column; null when there is none, or when captions come from elsewhere. */
  readonly caption: string | null
  /** True when a caption program has yet to write the caption. */
  readonly isCaptionPending?: boolean
  /** Why there is no caption, if a specific reason is known. */
  readonly captionProblem?: string
  /** Column → text, for the columns that the caption template names. */
  readonly values: Readonly<Record<string, string>>
  /** Path of the ready-made conditioning image in the source; null when there is none. */
  readonly conditioning: string | null
  /** Why the picture can't be used, if the source already knows. */
  readonly problem?: Reject
}

/** Key for the picture's findings: its content hash, or path and version when the hash is not known. */
export function contentKey({ sha256, source, version }: SourcePicture): string {
  return sha256 ?? `${source}@${version}`
}

/** Ids of further faces of a picture end like this. */
const LIKE_A_FACE = /#\d+$/

/** Returns a unique id for each path: the path without extension, or the whole path when two pictures would share an id. */
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
