/** Which rows are held out. Chosen by content, so that it depends on neither order nor names. */
import { createHash } from 'node:crypto'

export interface SplitRow {
  readonly id: string
  /** Of the picture: rows of one picture (several faces) stay together. */
  readonly sha256: string
  /** Names the pictures that repeat each other, where there are several: they stay together, too. */
  readonly group?: string
}

export interface SplitRequest {
  readonly rows: readonly SplitRow[]
  /** How many rows to hold out, at most. */
  readonly count: number
  /** Content hashes of the pictures that were held out last time: they stay so, and new ones fill up. */
  readonly previous?: readonly string[]
}

/**
 * Content hashes of the pictures to hold out. Never more rows than `count`, but for later copies of what is held out already;
 * and at least one picture, with what repeats it, is left to train on. So it may hold out fewer.
 */
export function planValidation({ rows, count, previous = [] }: SplitRequest): ReadonlySet<string> {
  const units = planUnits(rows, new Set(previous))
  const held = new Set<string>()
  let free = Math.min(count, rows.length - 1)
  let left = units.length
  for (const { pictures, size } of units.sort(byLot)) {
    if (size > free || left === 1) continue
    for (const sha256 of pictures) held.add(sha256)
    free -= size
    left--
  }
  return held
}

/** What can only be held out as a whole. */
interface Unit {
  readonly pictures: Set<string>
  /** Rows that count; of a unit that was held out before, only the rows of then. */
  size: number
  wasHeld: boolean
  lot: string
}

function planUnits(rows: readonly SplitRow[], previous: ReadonlySet<string>): Unit[] {
  const units = new Map<string, Unit>()
  for (const { sha256, group = sha256 } of rows) {
    const unit = units.get(group) ?? { pictures: new Set(), size: 0, wasHeld: false, lot: drawLot(sha256) }
    units.set(group, unit)
    const was = previous.has(sha256)
    if (was && !unit.wasHeld) [unit.wasHeld, unit.size] = [true, 0]
    if (was || !unit.wasHeld) unit.size++
    if (unit.pictures.has(sha256)) continue
    unit.pictures.add(sha256)
    const lot = drawLot(sha256)
    if (lot < unit.lot) unit.lot = lot
  }
  return [...units.values()]
}

/** What was held out before first, then by a hash of the hash (so that the split says nothing else about the pictures). */
function byLot(a: Unit, b: Unit): number {
  return Number(b.wasHeld) - Number(a.wasHeld) || (a.lot < b.lot ? -1 : 1)
}

function drawLot(sha256: string): string {
  return createHash('sha256').update(`validation:${sha256}`).digest('hex')
}
