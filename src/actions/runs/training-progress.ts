import type { EventBody } from '../../events.ts'

/** How far the training is, for what is said when it is stopped. */
export interface TrainingProgress {
  /** Whether it is the training that runs, and not a stage before or after it. */
  readonly training: boolean
  /** The newest optimiser step that is known to be done. */
  readonly step: number
  /** Step of the newest whole checkpoint; null while there is none. */
  readonly checkpoint: number | null
}

/** A run begins at its newest whole checkpoint, if it has one. */
export function startProgress(checkpoint: number | null): TrainingProgress {
  return { training: false, step: checkpoint ?? 0, checkpoint }
}

/** A checkpoint may be reported before its step is, since the log of steps comes after previews. */
export function followProgress(progress: TrainingProgress, event: EventBody): TrainingProgress {
  switch (event.type) {
    case 'stage-started':
      return { ...progress, training: event.stage === 'train-controlnet' }
    case 'train-step':
      return { ...progress, step: Math.max(progress.step, event.step) }
    case 'checkpoint-saved':
      return { ...progress, step: Math.max(progress.step, event.step), checkpoint: event.step }
    default:
      return progress
  }
}
