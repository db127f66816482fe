/** What a plan still writes on each file system, beside what is free there. Pure. */
import type { DiskPlan, Facts, Paths } from '../../types.ts'
import { planDiskNeeds, type DiskNeed, type Place, type Planned } from './disk-needs.ts'

/** One file system, with what is put there. */
export interface DiskUse {
  readonly places: readonly Place[]
  readonly needs: readonly DiskNeed[]
  readonly freeBytes: number
  readonly neededBytes: number
}

/** Needs of places on the same file system add up. */
export function groupDiskNeeds(planned: Planned): DiskUse[] {
  const byDevice = new Map<number, DiskNeed[]>()
  for (const need of planDiskNeeds(planned)) {
    const { device } = planned.facts.disks[need.place]
    byDevice.set(device, [...(byDevice.get(device) ?? []), need])
  }
  return [...byDevice.values()].map((needs) => describeUse(needs, planned.facts))
}

const PLACES: readonly Place[] = ['dataset', 'runs', 'cache']

function describeUse(needs: readonly DiskNeed[], { disks }: Facts): DiskUse {
  const places = PLACES.filter((place) => needs.some((need) => need.place === place))
  return {
    places,
    needs,
    freeBytes: Math.min(...places.map((place) => disks[place].freeBytes)),
    neededBytes: needs.reduce((total, { bytes }) => total + bytes, 0),
  }
}

/** As the plan's document has it; empty when nothing is written. */
export function planDisk(planned: Planned): DiskPlan[] {
  return groupDiskNeeds(planned).map(({ places, needs, freeBytes, neededBytes }) => ({
    path: placeFolder(places[0]!, planned),
    free_bytes: freeBytes,
    needed_bytes: Math.round(neededBytes),
    fits: freeBytes >= neededBytes,
    parts: [...needs]
      .sort((a, b) => b.bytes - a.bytes)
      .map(({ what, bytes }) => ({ name: what, bytes: Math.round(bytes) })),
  }))
}

/** The folder that a place stands for. */
export function placeFolder(
  place: Place,
  { paths, facts }: { readonly paths: Paths; readonly facts: Pick<Facts, 'cache'> },
): string {
  return place === 'cache' ? facts.cache : place === 'runs' ? paths.runs : paths.dataset
}
