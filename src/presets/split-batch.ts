/** How the effective batch is divided among processes, and each share into pictures at a time and micro-steps. */
import type { Config, TrainingSettings } from '../types.ts'

/** Pictures of an optimiser step where the config does not say; it is the same on every card. */
export const EFFECTIVE_BATCH = 16

export type BatchSplit = Pick<TrainingSettings, 'train_batch_size' | 'gradient_accumulation_steps'>

interface SplitInput {
  readonly train: Pick<
    Config['train'],
    'effective_batch' | 'train_batch_size' | 'gradient_accumulation_steps'
  >
  readonly processes: number
  /** That the preset takes at a time. */
  readonly largestBatch: number
}

/** What the config gives stays; the rest makes the effective batch, or the nearest above that can be reached. */
export function splitBatch({ train, processes, largestBatch }: SplitInput): BatchSplit {
  const { train_batch_size: size, gradient_accumulation_steps: accumulation } = train
  const share = shareOf(train, processes)
  if (size !== undefined)
    return { train_batch_size: size, gradient_accumulation_steps: accumulation ?? Math.ceil(share / size) }
  const own =
    accumulation === undefined
      ? Math.max(...divisorsOf(share).filter((one) => one <= largestBatch))
      : Math.ceil(share / accumulation)
  return { train_batch_size: own, gradient_accumulation_steps: accumulation ?? share / own }
}

/** Pictures of an optimiser step in one process. */
export function shareOf({ effective_batch }: SplitInput['train'], processes: number): number {
  return Math.ceil((effective_batch ?? EFFECTIVE_BATCH) / processes)
}

export function divisorsOf(number: number): number[] {
  return Array.from({ length: number }, (_, index) => index + 1).filter((one) => number % one === 0)
}
