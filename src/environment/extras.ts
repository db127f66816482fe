/** Packages beside an engine's own that only some trainings need: each has a lock of its own for each build of torch. */
import type { TrainingSettings } from '../types.ts'

interface Extra {
  /** As its lock is named: `python/locks/<name>-<backend>.txt`. */
  readonly name: string
  readonly isNeeded: (settings: TrainingSettings) => boolean
}

const EXTRAS: readonly Extra[] = [{ name: 'bitsandbytes', isNeeded: ({ use_8bit_adam }) => use_8bit_adam }]

export function planExtras(settings: TrainingSettings): readonly string[] {
  return EXTRAS.filter(({ isNeeded }) => isNeeded(settings)).map(({ name }) => name)
}
