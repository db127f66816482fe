import type { ExitReason } from '../../errors.ts'
import type { Config, Facts, TrainingSettings } from '../../types.ts'
import type { TrainerEnd } from './trainer-end.ts'

export interface TrainerFailure {
  /** The last lines of stderr, without bars and secrets; some hundred are enough. */
  readonly lines: readonly string[]
  readonly exitCode: number | null
  /** The signal that ended the launcher. */
  readonly signal: string | null
  readonly command: string
  readonly logPath: string
  /** The last optimiser step that was seen. */
  readonly step: number
  /** That the run used. */
  readonly settings: TrainingSettings
  /** Memory that the training may take on each card; null on the CPU, or where it is not known. */
  readonly roomBytes: number | null
  readonly config: Pick<Config, 'train' | 'dataset' | 'base_model' | 'environment'>
  /** As far as it was observed; else the sizes of a model that is known. */
  readonly models?: Partial<Pick<Facts, 'baseModel' | 'startControlnet'>>
}

/** One kind of failure. The lists of them stand in `kinds/`; docs/training.md has a line for each. */
export interface FailureKind {
  /** Stable, for programs. */
  readonly code: string
  readonly recognise: (end: TrainerEnd) => boolean
  /** How the command ends; left out: `training`. */
  readonly reason?: ExitReason
  /** One sentence: what happened. */
  readonly message: (failure: TrainerFailure, end: TrainerEnd) => string
  /** What to do, with the next command. */
  readonly hint: (failure: TrainerFailure, end: TrainerEnd) => string
  /** What the kit itself has to mend before the training can go on. */
  readonly repair?: Repair
}

/** `environment`, `dataset`: make it anew. `checkpoint`: set aside the one that the trainer started from. */
export type Repair = 'environment' | 'dataset' | 'checkpoint'

/** Recognises a failure by its error, the rest of its message, or the errors that led to it. */
export const says =
  (pattern: RegExp) =>
  ({ message }: TrainerEnd): boolean =>
    pattern.test(message)

/** Recognises a failure by its last error alone. */
export const endsWith =
  (pattern: RegExp) =>
  ({ error }: TrainerEnd): boolean =>
    pattern.test(error)

/** Recognises a failure by the signal that ended the trainer. */
export const diedBy =
  (...signals: readonly string[]) =>
  ({ signal }: TrainerEnd): boolean =>
    signal !== null && signals.includes(signal)

export const atStep = ({ step }: Pick<TrainerFailure, 'step'>): string =>
  step === 0 ? 'before the first step' : `after step ${step}`
