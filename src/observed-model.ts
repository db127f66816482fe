/** What was observed of a model's folder before planning: its files, as far as their ends tell. Plain data. */

export interface ModelFact {
  /** Absolute. */
  readonly folder: string
  /** What the path names. `unreadable`: `reason` says why. */
  readonly kind: 'folder' | 'file' | 'missing' | 'unreadable'
  readonly reason: string | null
  /** Its own files and those of the components that it names, by path with `/`. */
  readonly files: Readonly<Record<string, ModelFileFact>>
  /** Names of the folders in it. */
  readonly folders: readonly string[]
  /** What an earlier fetch has already put beside it, before it was cut off. */
  readonly partialBytes: number
}

export interface ModelFileFact {
  readonly sizeBytes: number
  readonly damage: ModelFileDamage | null
  /** The content of a config; absent where it is none, or damaged. */
  readonly json?: unknown
  /** Of safetensors: number of values by the first part of the tensors' names. */
  readonly values?: Readonly<Record<string, number>>
}

export type ModelFileDamage =
  | { readonly kind: 'lfs-pointer' | 'empty' | 'not-json' | 'not-safetensors' | 'no-file' }
  | { readonly kind: 'dangling'; readonly target: string }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** Not as long as its header says. */
  | { readonly kind: 'size'; readonly expectedBytes: number }
