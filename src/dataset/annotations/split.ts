/** Chooses the validation rows by content hash, so that the choice depends neither on order nor on file names. */
import { createHash } from 'node:crypto'

export interface SplitRow {
  readonly id: string
  /** sha256 of the picture. All rows of one picture (several faces) stay together. */
  readonly sha256: string
  /** Id of the near-duplicate group, if there is one. The group stays together. */
  readonly group?: string
  /** True for a rejected duplicate. It is in no split; it only links its group to earlier choices. */
  readonly isLeftOut?: boolean
}

export interface SplitRequest {
  readonly rows: readonly SplitRow[]
  /** The most rows to hold out. */
  readonly count: number
  /** Picture hashes of the previous validation split. They stay in it, and new pictures are added up to `count`. */
  readonly previous?: readonly string[]
  /** If every group is larger than `count`, hold out the smallest group anyway, up to half of the rows. */
  readonly atLeastOne?: boolean
}

/**
 * Returns the picture hashes of the validation split. It never has more rows than `count`, except for later copies of pictures
 * that were held out before, and it always leaves at least one group to train on; so it may be smaller than `count`. If a
 * larger copy replaces a picture that was held out, the copy is held out too.
 */
export function planValidation({
  rows,
  count,
  previous = [],
  atLeastOne = false,
}: SplitRequest): ReadonlySet<string> {
  const units = planUnits(rows, previous).filter(({ pictures }) => pictures.size > 0)
  const counted = rows.filter(({ isLeftOut }) => isLeftOut !== true).length
  const chosen: Unit[] = []
  let free = Math.min(count, counted - 1)
  for (const unit of units.sort(byRank)) {
    if (unit.size > free || chosen.length === units.length - 1) continue
    chosen.push(unit)
    free -= unit.size
  }
  if (atLeastOne && chosen.length === 0 && units.length > 1) chosen.push(...findSmallest(units, counted / 2))
  return new Set(chosen.flatMap(({ pictures }) => [...pictures]))
}

/** Prefers groups that were held out before, whatever their size. */
function findSmallest(units: readonly Unit[], mostRows: number): Unit[] {
  const fitting = units.filter(({ size }) => size <= mostRows)
  return fitting
    .sort((a, b) => Number(b.wasHeld) - Number(a.wasHeld) || a.size - b.size || byRank(a, b))
    .slice(0, 1)
}

/** A group of pictures that must stay in one split. */
interface Unit {
  /** Hashes of the group's pictures that are in the dataset. */
  readonly pictures: Set<string>
  /** The group's rows; for a group that was held out before, at most as many as then. */
  size: number
  wasHeld: boolean
  rank: string
}

function planUnits(rows: readonly SplitRow[], previous: readonly string[]): Unit[] {
  const units = new Map<string, Unit>()
  const groups = new Map<string, string>()
  for (const { sha256, group = sha256, isLeftOut = false } of rows) {
    groups.set(sha256, group)
    const unit = units.get(group) ?? { pictures: new Set(), size: 0, wasHeld: false, rank: '' }
    units.set(group, unit)
    if (isLeftOut) continue
    unit.size++
    if (unit.pictures.has(sha256)) continue
    unit.pictures.add(sha256)
    const rank = hashRank(sha256)
    if (unit.rank === '' || rank < unit.rank) unit.rank = rank
  }
  for (const [group, rowsOfThen] of countByGroup(previous, groups)) {
    const unit = units.get(group)!
    unit.wasHeld = true
    unit.size = Math.min(unit.size, rowsOfThen)
  }
  return [...units.values()]
}

function countByGroup(previous: readonly string[], groups: ReadonlyMap<string, string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const sha256 of previous) {
    const group = groups.get(sha256)
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return counts
}

/**
 * Sorts groups that were held out before first, then by rank. The rank is a hash of the hash, so that the split is independent
 * of everything else about the pictures.
 */
function byRank(a: Unit, b: Unit): number {
  return Number(b.wasHeld) - Number(a.wasHeld) || (a.rank < b.rank ? -1 : 1)
}

function hashRank(sha256: string): string {
  return createHash('sha256').update(`validation:${sha256}`).digest('hex')
}
