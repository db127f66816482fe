/** Computes the outline of a thick line as in SVG, with mitred joins and butt caps. */
import type { Contours } from './contours.ts'

/** SVG's default miter limit: a longer miter tip, measured in line widths, is cut off. */
const MITER_LIMIT = 4

/**
 * Adds contours that all turn in the same direction: one quadrilateral for each segment of `line` and one wedge for each join.
 */
export function addStroke(outline: Contours, line: Contours, width: number, closed: boolean): void {
  const { numbers } = line
  const length = dropRepeats(line, closed)
  if (length < 4) return
  const segments = length / 2 - (closed ? 0 : 1)
  const sides = new Float64Array(segments * 2)
  for (let at = 0; at < sides.length; at += 2) {
    const next = (at + 2) % length
    const dx = numbers[next]! - numbers[at]!
    const dy = numbers[next + 1]! - numbers[at + 1]!
    const scale = width / 2 / Math.hypot(dx, dy)
    sides[at] = dy * scale
    sides[at + 1] = -dx * scale
    addSegment(outline, numbers, { at, next, x: sides[at]!, y: sides[at + 1]! })
  }
  for (let at = closed ? 0 : 2; at < sides.length; at += 2) {
    const before = at === 0 ? sides.length - 2 : at - 2
    addJoin(outline, numbers, {
      at,
      ax: sides[before]!,
      ay: sides[before + 1]!,
      bx: sides[at]!,
      by: sides[at + 1]!,
    })
  }
}

/**
 * Removes points that repeat the one before, because such a segment has no direction. Works in place; returns how many numbers
 * are left.
 */
function dropRepeats({ numbers, length }: Contours, closed: boolean): number {
  let kept = 0
  let [x, y] = closed ? [numbers[length - 2], numbers[length - 1]] : [NaN, NaN]
  for (let at = 0; at < length; at += 2) {
    const isRepeat = numbers[at] === x && numbers[at + 1] === y
    x = numbers[at]
    y = numbers[at + 1]
    if (isRepeat) continue
    numbers[kept++] = x!
    numbers[kept++] = y!
  }
  return kept
}

interface Segment {
  /** Indexes in `numbers` of the segment's start and end. */
  readonly at: number
  readonly next: number
  /** Vector to the left of the line's direction, half a line width long. */
  readonly x: number
  readonly y: number
}

function addSegment(outline: Contours, numbers: Float64Array, { at, next, x, y }: Segment): void {
  outline.add(numbers[at]! - x, numbers[at + 1]! - y)
  outline.add(numbers[at]! + x, numbers[at + 1]! + y)
  outline.add(numbers[next]! + x, numbers[next + 1]! + y)
  outline.add(numbers[next]! - x, numbers[next + 1]! - y)
  outline.end()
}

interface Join {
  /** Index in `numbers` of the corner. */
  readonly at: number
  /** The left vectors (x, y of `Segment`) of the segments before and after the corner. */
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
}

/** Adds the wedge on the outer side of a corner: a triangle, or a quadrilateral with the miter tip if the limit allows. */
function addJoin(outline: Contours, numbers: Float64Array, { at, ax, ay, bx, by }: Join): void {
  const x = numbers[at]!
  const y = numbers[at + 1]!
  // `along` is 2 × `square` where the line goes straight on, and 0 where it turns back.
  const square = ax * ax + ay * ay
  const along = square + ax * bx + ay * by
  const outer = ax * by - ay * bx < 0 ? -1 : 1
  outline.add(x, y)
  // All contours must turn in the same direction, so at a turn to the other side the wedge starts with its other corner.
  if (outer > 0) outline.add(x + ax, y + ay)
  else outline.add(x - bx, y - by)
  // The tip lies (a + b) * square / along from the corner; its length in half widths is SVG's miter ratio.
  if (2 * square <= MITER_LIMIT * MITER_LIMIT * along) {
    const reach = (outer * square) / along
    outline.add(x + (ax + bx) * reach, y + (ay + by) * reach)
  }
  if (outer > 0) outline.add(x + bx, y + by)
  else outline.add(x - ax, y - ay)
  outline.end()
}
