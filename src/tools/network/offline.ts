/** Whether the environment forbids to ask anybody, read as the Hub's own tools read it. */
import type { Offline } from '../../types.ts'

/** Null: it is allowed. */
export function findOffline(): Offline | null {
  // An empty one counts as one that is not set, and then the older name is looked at.
  const hub = process.env['HF_HUB_OFFLINE'] ? 'HF_HUB_OFFLINE' : 'TRANSFORMERS_OFFLINE'
  const set = [hub, 'HF_DATASETS_OFFLINE'].find((name) => isTrue(process.env[name]))
  return set === undefined ? null : { why: `${set} is set`, undo: `Unset ${set}` }
}

/** The person asked for a plan that asks nobody. */
export const OFFLINE_FLAG: Offline = { why: '--offline was given', undo: 'Leave --offline out' }

export function isTrue(value: string | null | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes(value?.toUpperCase() ?? '')
}
