/** What a run says while it goes on. One NDJSON line each under `--json`; the reporters in `ui/` draw from the same. */
import type { ExitReason } from './errors.ts'

export type StageName =
  | 'collect-images'
  | 'annotate-images'
  | 'write-dataset'
  | 'create-environment'
  | 'fetch-trainer'
  | 'fetch-base-model'
  | 'scale-controlnet'
  | 'train-controlnet'
  | 'verify-model'
  | 'evaluate-model'
  | 'publish-model'

export type EventBody =
  | { readonly type: 'hello'; readonly kit_version: string; readonly command: string; readonly name: string }
  | { readonly type: 'stage-started'; readonly stage: StageName }
  | { readonly type: 'stage-skipped'; readonly stage: StageName; readonly reason: string }
  | {
      readonly type: 'stage-finished'
      readonly stage: StageName
      readonly reason: string
      readonly seconds: number
    }
  | {
      readonly type: 'progress'
      readonly stage: StageName
      readonly done: number
      /** Null while it is not known. */
      readonly total: number | null
      readonly unit: string
      /** What else is worth a word: `688 kept  19 rejected`. */
      readonly note?: string
      /** More of it, where there is room: `12 no face, 7 too small`. */
      readonly detail?: string
      /** So many of `done` were known from before and took no time. */
      readonly known?: number
      /** What the note says, for programs: pictures kept, and rejected by reason. */
      readonly counts?: { readonly kept: number; readonly rejected: Readonly<Record<string, number>> }
    }
  | { readonly type: 'log'; readonly stage: StageName | null; readonly message: string }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | {
      readonly type: 'train-step'
      readonly step: number
      readonly total: number
      readonly loss: number | null
      readonly lr: number
    }
  | { readonly type: 'checkpoint-saved'; readonly step: number; readonly path: string }
  | { readonly type: 'sample'; readonly step: number; readonly path: string }
  | { readonly type: 'metric'; readonly name: string; readonly value: number }
  | {
      readonly type: 'result'
      readonly status: 'done' | 'failed' | 'stopped'
      readonly exitReason: ExitReason
      readonly paths: { readonly run?: string; readonly model?: string; readonly dataset?: string }
      /** What `generate` drew, the grid last. */
      readonly pictures?: readonly string[]
    }

interface Envelope {
  readonly v: 1
  readonly time: string
  /** Counts from 0 in one command. */
  readonly seq: number
}

export type Event = Envelope & EventBody
