/** How long a training may be silent, by what it is doing. */
import type { TrainerPhase } from '../log/trainer-events.ts'

export interface Patience {
  /** Ends `The trainer has said nothing for 40 minutes while`. */
  readonly words: string
  /** So many times `watch.stall_timeout` end the run. */
  readonly times: number
  /** Whether any output is a sign of life; else only steps and phases are. */
  readonly isAnyOutputLife: boolean
}

export type WatchPhase = 'start' | 'first-step' | 'steps' | Exclude<TrainerPhase, 'training'>

/** Before the first step, waits are long and there is little to see; between steps, they are short and regular. */
export const PATIENCE: Readonly<Record<WatchPhase, Patience>> = {
  start: { words: 'it started', times: 1, isAnyOutputLife: true },
  loading: { words: 'it loaded the models', times: 2, isAnyOutputLife: true },
  dataset: { words: 'it prepared the dataset', times: 4, isAnyOutputLife: true },
  'first-step': { words: 'it took the first step', times: 2, isAnyOutputLife: false },
  steps: { words: 'it took a step', times: 1, isAnyOutputLife: false },
  saving: { words: 'it saved a checkpoint', times: 2, isAnyOutputLife: true },
  previews: { words: 'it drew previews', times: 3, isAnyOutputLife: true },
  finishing: { words: 'it wrote the model', times: 1, isAnyOutputLife: true },
}

/** A warning comes after this share of the patience. */
export const WARNING_SHARE = 1 / 3

/** Between steps, a warning comes no earlier than after so many times the usual step, and the end after twice as many. */
export const USUAL_STEPS = 20
