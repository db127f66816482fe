/** Points that a file leaves out, and points that can't be where it says. They are called by their numbers, from 0 on. Pure. */
import { boundPoints, type Point } from '../../faces/face.ts'

/** What programs write for a point that nobody set, besides NaN. */
const MARKS: readonly Point[] = [
  [0, 0],
  [-1, -1],
]
/** The outermost point of a face is no further from the others than this share of their size. */
const MARGIN = 0.1

/** Null when there are none. Points that are not set are NaN; a mark is a place where a point of this face can't be. */
export function describeAbsent(points: readonly Point[]): string | null {
  const set = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
  const marks = MARKS.filter((mark) => !canBePlace(mark, set))
  const isAbsent = (point: Point): boolean =>
    !set.includes(point) || marks.some((mark) => isSame(point, mark))
  const absent = points.flatMap((point, index) => (isAbsent(point) ? [index] : []))
  if (absent.length === 0) return null
  const forms = new Set(absent.map((index) => points[index]!.join(' ').replace('NaN NaN', 'no numbers')))
  const verb = absent.length === 1 ? 'is' : 'are'
  return `${absent.length} of ${points.length} points ${verb} absent (${[...forms].join(', ')}): ${formatNumbers(absent)}`
}

/** Whether it lies among the other points, as a face does that the corner of the picture cuts. Several points on one place were moved there: then others are on its row or column. */
function canBePlace(mark: Point, points: readonly Point[]): boolean {
  const others = points.filter((point) => MARKS.every((each) => !isSame(point, each)))
  if (others.length === 0) return false
  const [left, top, width, height] = boundPoints(others)
  const margin = MARGIN * Math.max(width, height)
  const [x, y] = mark
  const isInside =
    x >= left - margin && x <= left + width + margin && y >= top - margin && y <= top + height + margin
  const count = points.filter((point) => isSame(point, mark)).length
  return isInside && (count < 2 || others.some((other) => other[0] === x || other[1] === y))
}

function isSame([ax, ay]: Point, [bx, by]: Point): boolean {
  return ax === bx && ay === by
}

type Size = readonly [width: number, height: number]

/** Null when the points can be pixels of a picture of this size: faces may be cut, but are no larger than the picture. */
export function describeMisplaced(points: readonly Point[], size: Size): string | null {
  if (points.every((point) => point.every((value) => Math.abs(value) <= 1)))
    return 'all points lie between -1 and 1; expected pixels'
  const far = points.flatMap((point, index) => (isFar(point, size) ? [index] : []))
  if (far.length === 0) return null
  const [verb, first] = [far.length === 1 ? 'lies' : 'lie', points[far[0]!]!]
  const place = `outside of the picture of ${size.join('×')} px by more than its size`
  return `${far.length} of ${points.length} points ${verb} ${place} (the first at ${first.join(' ')}): ${formatNumbers(far)}`
}

function isFar(point: Point, size: Size): boolean {
  return point.some((value, axis) => value < -size[axis]! || value > 2 * size[axis]!)
}

/** `36-41, 60` */
function formatNumbers(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ')
}
