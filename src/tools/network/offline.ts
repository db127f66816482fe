/** Tells whether the environment forbids network access, by the rules of the Hub's own tools. */
import type { Offline } from '../../types.ts'

/** Returns null when network access is allowed. */
export function findOffline(): Offline | null {
  // An empty variable counts as unset; then the older name is used.
  const hub = process.env['HF_HUB_OFFLINE'] ? 'HF_HUB_OFFLINE' : 'TRANSFORMERS_OFFLINE'
  const set = [hub, 'HF_DATASETS_OFFLINE'].find((name) => isTrue(process.env[name]))
  return set === undefined ? null : { why: `${set} is set`, undo: `Unset ${set}` }
}

/** For the flag `--offline`. */
export const OFFLINE_FLAG: Offline = { why: '--offline was given', undo: 'Leave --offline out' }

export function isTrue(value: string | null | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes(value?.toUpperCase() ?? '')
}
