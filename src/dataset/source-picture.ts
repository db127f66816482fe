/** One line of `pictures.ndjson`: a picture of the source. */
import type { Reject } from './annotations/rejects.ts'

export interface SourcePicture {
  readonly id: string
  /** Path in the source, with `/`. */
  readonly source: string
  readonly sizeBytes: number
  /** Changes whenever the content may have changed. */
  readonly version: string
  /** Null where it is not known before the picture is looked at: in remote sources, and in files that can't be read. */
  readonly sha256: string | null
  /** Text of the caption file or column; null when there is none, or when captions come from elsewhere. */
  readonly caption: string | null
  /** A program is still to write the caption. */
  readonly isCaptionPending?: boolean
  /** Why there is no caption, where more is known than that. */
  readonly captionProblem?: string
  /** Texts of the columns that the caption template names. */
  readonly values: Readonly<Record<string, string>>
  /** Path in the source of the ready-made conditioning image; null when there is none. */
  readonly conditioning: string | null
  /** Why it can't be used, where the source knows that already. */
  readonly problem?: Reject
}

/** What findings about the picture are kept under: its content, or else what changes with it. */
export function contentKey({ sha256, source, version }: SourcePicture): string {
  return sha256 ?? `${source}@${version}`
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
