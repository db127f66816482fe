/** Whether the disks have room for what a plan still makes. Pure. */
import { setWords } from '../../next-step.ts'
import type { Check, Facts, PlanContext, PlannedStage, RunFact } from '../../types.ts'
import { planDiskNeeds, type DiskNeed, type Place } from '../estimates/disk-needs.ts'
import { formatGigabytes } from '../../words.ts'

/** One check for each disk that something is put on: needs on the same disk add up. */
export function checkDisk(
  context: PlanContext,
  stages: readonly PlannedStage[],
  previous: RunFact | null,
): Check[] {
  const byDevice = new Map<number, DiskNeed[]>()
  for (const need of planDiskNeeds({ ...context, stages, previous })) {
    const { device } = context.facts.disks[need.place]
    byDevice.set(device, [...(byDevice.get(device) ?? []), need])
  }
  return [...byDevice.values()].map((needs) => checkOne(needs, context))
}

function checkOne(needs: readonly DiskNeed[], { config, facts, paths }: PlanContext): Check {
  const places = PLACES.filter((place) => needs.some((need) => need.place === place))
  const free = Math.min(...places.map((place) => facts.disks[place].freeBytes))
  const sum = needs.reduce((total, { bytes }) => total + bytes, 0)
  const folders: Record<Place, string> = { dataset: paths.dataset, runs: paths.runs, cache: facts.cache }
  const fewer = config.train.checkpoints_total_limit > FEWEST_CHECKPOINTS && sum - saveable(needs) <= free
  return {
    code: 'disk',
    path: null,
    status: free >= sum ? 'pass' : 'fail',
    found: `${formatSize(free, Math.floor)} free for ${places.map((place) => folders[place]).join(', ')}`,
    expected: `${formatSize(sum, Math.ceil)} (${describeNeeds(needs)})`,
    remedy: free >= sum ? '' : describeRemedy(places, fewer),
  }
}

const PLACES: readonly Place[] = ['dataset', 'runs', 'cache']

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
