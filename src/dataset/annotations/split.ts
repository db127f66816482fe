/** Which rows are held out. Chosen by content, so that it depends on neither order nor names. */
import { createHash } from 'node:crypto'

export interface SplitRow {
  readonly id: string
  /** Of the picture: rows of one picture (several faces) stay together. */
  readonly sha256: string
  /** Names the pictures that repeat each other, where there are several: they stay together, too. */
  readonly group?: string
  /** Left out of the dataset, for another one of its group: it only tells where that one belongs. */
  readonly isLeftOut?: boolean
}

export interface SplitRequest {
  readonly rows: readonly SplitRow[]
  /** How many rows to hold out, at most. */
  readonly count: number
  /** Content hashes of the pictures of the rows that were held out last time: they stay so, and new ones fill up. */
  readonly previous?: readonly string[]
  /** Where all that belongs together is more than `count`: hold out the smallest of it nevertheless, up to half of the rows. */
  readonly atLeastOne?: boolean
}

/**
 * Content hashes of the pictures to hold out. Never more rows than `count`, but for later copies of what is held out already;
 * and at least one picture, with what repeats it, is left to train on. So it may hold out fewer. A larger copy that takes the
 * place of what was held out takes its place here, too.
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
  for (const unit of units.sort(byLot)) {
    if (unit.size > free || chosen.length === units.length - 1) continue
    chosen.push(unit)
    free -= unit.size
  }
  if (atLeastOne && chosen.length === 0 && units.length > 1) chosen.push(...findSmallest(units, counted / 2))
  return new Set(chosen.flatMap(({ pictures }) => [...pictures]))
}

/** What was held out before comes first, whatever its size. */
function findSmallest(units: readonly Unit[], mostRows: number): Unit[] {
  const fitting = units.filter(({ size }) => size <= mostRows)
  return fitting
    .sort((a, b) => Number(b.wasHeld) - Number(a.wasHeld) || a.size - b.size || byLot(a, b))
    .slice(0, 1)
}

/** What can only be held out as a whole. */
interface Unit {
  /** Those that are in the dataset. */
  readonly pictures: Set<string>
  /** Rows that count; of a unit that was held out before, no more than then. */
  size: number
  wasHeld: boolean
  lot: string
}

function planUnits(rows: readonly SplitRow[], previous: readonly string[]): Unit[] {
  const units = new Map<string, Unit>()
  const groups = new Map<string, string>()
  for (const { sha256, group = sha256, isLeftOut = false } of rows) {
    groups.set(sha256, group)
    const unit = units.get(group) ?? { pictures: new Set(), size: 0, wasHeld: false, lot: '' }
    units.set(group, unit)
    if (isLeftOut) continue
    unit.size++
    if (unit.pictures.has(sha256)) continue
    unit.pictures.add(sha256)
    const lot = drawLot(sha256)
    if (unit.lot === '' || lot < unit.lot) unit.lot = lot
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

/** What was held out before first, then by a hash of the hash (so that the split says nothing else about the pictures). */
function byLot(a: Unit, b: Unit): number {
  return Number(b.wasHeld) - Number(a.wasHeld) || (a.lot < b.lot ? -1 : 1)
}

function drawLot(sha256: string): string {
  return createHash('sha256').update(`validation:${sha256}`).digest('hex')
}
