/** What is known of a run from outside: `status` prints it. */
import type { ExitReason } from './errors.ts'
import type { StageName } from './events.ts'
import type { RunFact } from './observed.ts'

/** The document of `status --json`; `run` is the run folder, absolute. */
export interface RunStatus {
  readonly v: 1
  readonly run: string
  readonly status: RunFact['status']
  readonly exitReason: ExitReason | null
  /** The stage that it is in, or was last in. */
  readonly stage: StageName | null
  /** Of the process that carries it out; null when none does. */
  readonly pid: number | null
  /** Where its last attempt ran. */
  readonly host: string | null
  readonly step: number | null
  readonly total: number | null
  readonly loss: number | null
  readonly steps_per_s: number | null
  readonly eta_s: number | null
  /** Step of the newest whole checkpoint. */
  readonly checkpoint: number | null
  readonly attempts: number
  readonly started_at: string | null
  readonly updated_at: string | null
}

export interface ObservedRun {
  readonly status: RunStatus
  readonly name: string
  /** Its record says that it runs, and its process is gone: it was killed, or the machine went down. */
  readonly wasKilled: boolean
  /** It runs on another machine, as far as its record says. */
  readonly isElsewhere: boolean
  /** What failed, in a sentence; null when nothing did. */
  readonly problem: string | null
}
