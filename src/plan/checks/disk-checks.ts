/** Whether the disks have room for what a plan still makes. Pure. */
import { setWords } from '../../next-step.ts'
import type { Check, Facts, PlanContext, PlannedStage, RunFact } from '../../types.ts'
import type { DiskNeed, Place } from '../estimates/disk-needs.ts'
import { groupDiskNeeds, placeFolder, type DiskUse } from '../estimates/plan-disk.ts'
import { formatGigabytes } from '../../words.ts'

/** One check for each disk that something is put on: needs on the same disk add up. */
export function checkDisk(
  context: PlanContext,
  stages: readonly PlannedStage[],
  previous: RunFact | null,
): Check[] {
  return groupDiskNeeds({ ...context, stages, previous }).map((use) => checkOne(use, context))
}

function checkOne(
  { places, needs, freeBytes: free, neededBytes: sum }: DiskUse,
  context: PlanContext,
): Check {
  const keeps = context.config.train.checkpoints_total_limit
  const fewer = keeps > FEWEST_CHECKPOINTS && sum - saveable(needs) <= free
  const folders = places.map((place) => placeFolder(place, context))
  return {
    code: 'disk',
    path: null,
    status: free >= sum ? 'pass' : 'fail',
    found: `${formatSize(free, Math.floor)} free for ${folders.join(', ')}`,
    expected: `${formatSize(sum, Math.ceil)} (${describeNeeds(needs)})`,
    remedy: free >= sum ? '' : describeRemedy(places, fewer),
  }
}

/** What moves each of them to another disk. */
const SETTINGS: Readonly<Record<Place, string>> = {
  dataset: 'dataset.output',
  runs: 'runs',
  cache: 'CNK_HOME',
}
const FEWEST_CHECKPOINTS = 2

/** Bytes that the fewest checkpoints would save. While a new one is written, one more than that lies there. */
function saveable(needs: readonly DiskNeed[]): number {
  const { bytes = 0, checkpoints = 0 } = needs.find((need) => need.checkpoints !== undefined) ?? {}
  const spare = Math.max(0, checkpoints - (FEWEST_CHECKPOINTS + 1))
  return spare === 0 ? 0 : (bytes / checkpoints) * spare
}

function describeRemedy(places: readonly Place[], fewer: boolean): string {
  const move = `name a folder on a larger disk: ${places.map((place) => SETTINGS[place]).join(', ')}`
  return `Free some space, or ${move}.${fewer ? ` Fewer checkpoints fit: ${setWords({ 'train.checkpoints_total_limit': FEWEST_CHECKPOINTS })}` : ''}`
}

/** Largest first. */
function describeNeeds(needs: readonly DiskNeed[]): string {
  return [...needs]
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ what, bytes }) => `${what} ${formatSize(bytes, Math.ceil)}`)
    .join(', ')
}

const GB = 1e9

/** Small sizes in MB, so that what is too little does not read like enough. */
function formatSize(bytes: Facts['disks'][Place]['freeBytes'], round: (number: number) => number): string {
  return bytes < GB ? `${round(bytes / 1e6)} MB` : formatGigabytes(bytes, round)
}
