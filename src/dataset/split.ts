/** Which rows are held out. Chosen by content, so that it depends on neither order nor names. */
import { createHash } from 'node:crypto'

export interface SplitRow {
  readonly id: string
  /** Of the picture: rows of one picture (several faces) stay together. */
  readonly sha256: string
}

export interface SplitRequest {
  readonly rows: readonly SplitRow[]
  /** How many rows to hold out, at most. */
  readonly count: number
  /** Content hashes of the pictures that were held out last time: they stay so, and new ones fill up. */
  readonly previous?: readonly string[]
}

/**
 * Content hashes of the pictures to hold out. Never more rows than `count`, and at least one picture is left to train on;
 * so it may hold out fewer.
 */
export function planValidation({ rows, count, previous = [] }: SplitRequest): ReadonlySet<string> {
  const sizes = countRows(rows)
  const held = new Set<string>()
  let free = Math.min(count, rows.length - 1)
  for (const sha256 of orderCandidates([...sizes.keys()], new Set(previous))) {
    const size = sizes.get(sha256)!
    if (size > free || held.size === sizes.size - 1) continue
    held.add(sha256)
    free -= size
  }
  return held
}

function countRows(rows: readonly SplitRow[]): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const { sha256 } of rows) sizes.set(sha256, (sizes.get(sha256) ?? 0) + 1)
  return sizes
}

/** Members of old first, then all by a hash of their hash (so that the split says nothing else about the pictures). */
function orderCandidates(pictures: string[], previous: ReadonlySet<string>): string[] {
  const keys = new Map(
    pictures.map((sha256) => [sha256, `${previous.has(sha256) ? 0 : 1}${drawLot(sha256)}`]),
  )
  return pictures.sort((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : 1))
}

function drawLot(sha256: string): string {
  return createHash('sha256').update(`validation:${sha256}`).digest('hex')
}
