/** The outline of a thick line, as SVG strokes it with mitred joins and butt caps. */
import type { Point } from '../face.ts'

/** SVG's default: a join whose tip is farther from the outline than this many widths is cut off. */
const MITER_LIMIT = 4

/** Contours that all turn the same way: one quadrilateral a segment and one wedge a join. */
export function outlineStroke(points: readonly Point[], width: number, closed: boolean): Point[][] {
  const corners = withoutRepeats(points, closed)
  if (corners.length < 2) return []
  const segments = corners.slice(0, closed ? undefined : -1).map((from, index) => {
    return makeSegment(from, corners[(index + 1) % corners.length]!, width / 2)
  })
  const joins = segments.slice(closed ? 0 : 1).map((segment, index) => {
    return joinSegments(segments.at(closed ? index - 1 : index)!, segment)
  })
  return [...segments.map(outlineSegment), ...joins]
}

/** A point that repeats the one before has no direction. */
function withoutRepeats(points: readonly Point[], closed: boolean): readonly Point[] {
  return points.filter(([x, y], index) => {
    const before = index > 0 ? points[index - 1] : closed ? points.at(-1) : undefined
    return before === undefined || x !== before[0] || y !== before[1]
  })
}

interface Segment {
  readonly from: Point
  readonly to: Point
  /** To the left of the way, half a width long. */
  readonly side: Point
}

function makeSegment(from: Point, to: Point, half: number): Segment {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const scale = half / Math.hypot(dx, dy)
  return { from, to, side: [dy * scale, -dx * scale] }
}

function outlineSegment({ from, to, side: [x, y] }: Segment): Point[] {
  return [
    [from[0] - x, from[1] - y],
    [from[0] + x, from[1] + y],
    [to[0] + x, to[1] + y],
    [to[0] - x, to[1] - y],
  ]
}

/** The wedge on the outer side of a corner: a triangle, with the mitre's tip on it where the limit allows. */
function joinSegments(before: Segment, after: Segment): Point[] {
  const corner = after.from
  const [ax, ay] = before.side
  const [bx, by] = after.side
  // Twice the square of half a width at no turn, 0 where the line turns back.
  const square = ax * ax + ay * ay
  const along = square + ax * bx + ay * by
  const outer = ax * by - ay * bx < 0 ? -1 : 1
  const [first, last]: [Point, Point] = [
    [corner[0] + outer * ax, corner[1] + outer * ay],
    [corner[0] + outer * bx, corner[1] + outer * by],
  ]
  // The tip is (a + b) * square / along from the corner; its length in half widths is the SVG's ratio.
  const sharp = 2 * square > MITER_LIMIT * MITER_LIMIT * along
  const reach = (outer * square) / along
  const tip: Point[] = sharp ? [] : [[corner[0] + (ax + bx) * reach, corner[1] + (ay + by) * reach]]
  return outer > 0 ? [corner, first, ...tip, last] : [corner, last, ...tip, first]
}
