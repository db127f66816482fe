/** What the view says of the loss: its mean over the last steps, and whether it falls. Pure. */
import { formatLoss } from '../format.ts'

/** How many losses `lossMean` and `lossTrend` look at. */
export const LOSSES_KEPT = 40
const HALF = LOSSES_KEPT / 2
const FEWEST = 6
const STEADY = 0.02

/** `loss 0.094 ↘`; empty before the first step. `losses`: of the last steps, oldest first. */
export function lossWords(losses: readonly number[]): string {
  const loss = lossMean(losses)
  return loss === null ? '' : `loss ${formatLoss(loss)} ${lossTrend(losses)}`.trimEnd()
}

/** `held-out loss 0.102 ↘`: with the arrow against the checkpoint before. Empty before the first checkpoint. */
export function heldOutWords(losses: readonly number[]): string {
  const [before, last] = losses.length > 1 ? losses.slice(-2) : [undefined, losses[0]]
  if (last === undefined) return ''
  const arrow = before === undefined ? '' : arrowOf(last, before)
  return `held-out loss ${formatLoss(last)} ${arrow}`.trimEnd()
}

/** The losses of single steps jump about by their random time steps; their mean tells something. */
export function lossMean(losses: readonly number[]): number | null {
  return mean(losses.slice(-HALF))
}

/** The newer half of the kept losses against the older one. Empty while there are too few. */
export function lossTrend(losses: readonly number[]): '↘' | '→' | '↗' | '' {
  if (losses.length < FEWEST) return ''
  const half = Math.min(HALF, Math.floor(losses.length / 2))
  return arrowOf(mean(losses.slice(-half)) ?? 0, mean(losses.slice(-2 * half, -half)) ?? 0)
}

function arrowOf(newer: number, older: number): '↘' | '→' | '↗' | '' {
  if (!Number.isFinite(newer) || !Number.isFinite(older) || older === 0) return ''
  const change = (newer - older) / Math.abs(older)
  if (Math.abs(change) < STEADY) return '→'
  return change < 0 ? '↘' : '↗'
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
