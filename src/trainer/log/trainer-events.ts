/** What a trainer's output says, whichever engine it is. */
export type TrainerEvent =
  | { readonly type: 'phase'; readonly phase: TrainerPhase }
  /** What the trainer took as its plan, to be compared with ours. */
  | { readonly type: 'fact'; readonly name: TrainerFact; readonly value: number | string }
  | {
      readonly type: 'train-step'
      readonly step: number
      readonly total: number
      /** Null when it is no number any more. */
      readonly loss: number | null
      readonly lr: number
      /** Since the step before, where the trainer says so. */
      readonly seconds: number | null
    }
  /** The trainer says that it saved; whether that is so, the files tell. */
  | { readonly type: 'checkpoint-saved'; readonly step: number }
  | {
      readonly type: 'sample'
      readonly step: number
      readonly path: string
      readonly prompt: string
      /** File of the conditioning image. */
      readonly condition: string
    }
  /** Of the held-out rows, with the weights after this step. */
  | { readonly type: 'validation-loss'; readonly step: number; readonly loss: number | null }
  | { readonly type: 'resumed'; readonly step: number }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }

export type TrainerPhase = 'loading' | 'dataset' | 'training' | 'saving' | 'previews' | 'finishing'

/** `device` is `cpu` or `cuda`; `precision` is `no`, `fp16` or `bf16`; the others are numbers. */
export type TrainerFact =
  'device' | 'precision' | 'processes' | 'rows' | 'accumulation' | 'effective_batch' | 'total_steps'

/** Turns one stream of a trainer into events. */
export interface TrainerLog {
  push(text: string): TrainerLogPart
  end(): TrainerLogPart
}

export interface TrainerLogPart {
  readonly events: readonly TrainerEvent[]
  /** Lines for the log file and for error messages; `bar` marks those that the next one replaces. */
  readonly lines: readonly LogLine[]
}

export interface LogLine {
  readonly text: string
  readonly bar: boolean
}
