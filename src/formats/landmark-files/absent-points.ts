/**
 * Checks the points of a landmark file: are they all set, and can they lie in this picture? Points are numbered from 0 in
 * messages. Pure.
 */
import { boundPoints, type Point } from '../../faces/face.ts'

/** Placeholder coordinates that programs write for a point that nobody set. NaN is another one. */
const MARKS: readonly Point[] = [
  [0, 0],
  [-1, -1],
]
/** A point further than this share of the face's size from the bounding box of the others can't belong to the face. */
const MARGIN = 0.1

/**
 * Returns the absent points in words for a message; null when every point is set. A point is absent when it is NaN, or when it
 * equals a placeholder that can't be a place of this face.
 */
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

/**
 * Returns true when the placeholder may be a real point: it lies among the other points, as it does when the picture's corner
 * cuts the face. Several points at this place were probably clamped there; then other points must share its row or column.
 */
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

/**
 * Returns in words what is wrong with points that can't be pixels of a picture of this size; null when they can. A face may
 * reach beyond the picture, but by no more than the picture's size.
 */
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

/** Formats point numbers as ranges: `36-41, 60`. */
function formatNumbers(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ')
}
