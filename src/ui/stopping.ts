/** What the first Ctrl-C says while the work winds down; reported as a `log` event of the whole run. */
import { formatCount } from '../words.ts'

export interface StoppedTraining {
  /** Step of the newest whole checkpoint; null while there is none. */
  readonly checkpoint: number | null
  /** The step that was reached. */
  readonly step: number
}

/** `training` is null outside of the training: what other stages finished stays. */
export function formatStopping(training: StoppedTraining | null): string {
  return `Stopping. ${whatStays(training)} (Ctrl-C again: at once)`
}

function whatStays(training: StoppedTraining | null): string {
  if (training === null) return 'What is finished stays.'
  const { checkpoint, step } = training
  if (checkpoint === null) return `There is no whole checkpoint yet: ${lostSteps(step)}.`
  const lost = step - checkpoint
  const after = lost === 0 ? 'nothing is lost' : lostSteps(lost, ' after it')
  return `The last whole checkpoint is step ${formatCount(checkpoint)}; ${after}.`
}

function lostSteps(count: number, where = ''): string {
  return count === 1 ? `1 step${where} is lost` : `${formatCount(count)} steps${where} are lost`
}
