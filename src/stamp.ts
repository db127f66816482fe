import type { StageName } from './events.ts'

/** Written beside a stage's outputs when they are whole; the only proof that they are. */
export interface Stamp {
  readonly v: 1
  readonly stage: StageName
  readonly fingerprint: string
  readonly finishedAt: string
  /** The stage's closing line, so that a reused stage can say it again. */
  readonly line: string
  /** Every file under the outputs (folders walked) with its size in bytes and mtime, for telling later changes. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly mtimeMs: number }[]
}

/** A stamp as found on disk. `changed` is the first file that is gone or differs from what the stamp recorded. */
export interface StampFact {
  readonly stamp: Stamp
  readonly changed: string | null
}
