/** The outline of a thick line, as SVG strokes it with mitred joins and butt caps. */
import type { Contours } from './contours.ts'

/** SVG's default: a join whose tip is farther from the outline than this many widths is cut off. */
const MITER_LIMIT = 4

/** Adds contours that all turn the same way: one quadrilateral a segment of `line` and one wedge a join. */
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

/** A point that repeats the one before has no direction. Moves the others together, and gives how many numbers are left. */
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
  /** Where in the numbers it begins, and where it ends. */
  readonly at: number
  readonly next: number
  /** To the left of the way, half a width long. */
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
  /** Where in the numbers the corner stands. */
  readonly at: number
  /** The sides of the segment before it and of the one after it. */
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
}

/** The wedge on the outer side of a corner: a triangle, with the mitre's tip on it where the limit allows. */
function addJoin(outline: Contours, numbers: Float64Array, { at, ax, ay, bx, by }: Join): void {
  const x = numbers[at]!
  const y = numbers[at + 1]!
  // Twice the square of half a width at no turn, 0 where the line turns back.
  const square = ax * ax + ay * ay
  const along = square + ax * bx + ay * by
  const outer = ax * by - ay * bx < 0 ? -1 : 1
  outline.add(x, y)
  // All contours turn the same way: where the corner turns back, the wedge begins with its other side.
  if (outer > 0) outline.add(x + ax, y + ay)
  else outline.add(x - bx, y - by)
  // The tip is (a + b) * square / along from the corner; its length in half widths is the SVG's ratio.
  if (2 * square <= MITER_LIMIT * MITER_LIMIT * along) {
    const reach = (outer * square) / along
    outline.add(x + (ax + bx) * reach, y + (ay + by) * reach)
  }
  if (outer > 0) outline.add(x + bx, y + by)
  else outline.add(x - ax, y - ay)
  outline.end()
}
