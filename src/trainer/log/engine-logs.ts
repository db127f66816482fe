/** How each engine tells what it does. */
import type { Config, TrainingMaths } from '../../types.ts'
import { parseBuiltinLog } from './builtin-log.ts'
import { parseDiffusersLog } from './diffusers-log.ts'
import type { TrainerLog } from './trainer-events.ts'

export interface EngineLog {
  /** Opens a parser for one of its two streams. */
  readonly open: () => TrainerLog
  /** How many losses it writes to TensorBoard for one step. */
  readonly recordsPerStep: (settings: TrainingMaths['settings']) => number
  /** Whether its previews lie in TensorBoard's file alone. */
  readonly previewsOnBoard: boolean
}

export const ENGINE_LOGS: Readonly<Record<Config['train']['engine'], EngineLog>> = {
  diffusers: {
    open: parseDiffusersLog,
    recordsPerStep: (settings) => settings.gradient_accumulation_steps,
    previewsOnBoard: true,
  },
  builtin: { open: parseBuiltinLog, recordsPerStep: () => 1, previewsOnBoard: false },
}
