import { TRACKERS, type TrackerName } from '../../environment/trackers.ts'
import type { TrackerFact } from '../../types.ts'

/** What the environment says of each tracker; never a key itself. */
export function observeTrackers(): Record<TrackerName, TrackerFact> {
  const facts = TRACKERS.map(({ name, variables: { key, mode, address } }): [TrackerName, TrackerFact] => [
    name,
    {
      hasKey: isSet(key),
      mode: process.env[mode]?.toLowerCase() ?? null,
      address: isSet(address) ? process.env[address]! : null,
    },
  ])
  return Object.fromEntries(facts) as Record<TrackerName, TrackerFact>
}

const isSet = (name: string): boolean => (process.env[name] ?? '') !== ''
