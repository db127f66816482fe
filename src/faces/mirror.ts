/** Mirrors landmarks. The left eye becomes the right one, so points also change their index. */
import type { Point } from './face.ts'

/** Index ranges [first, last] that are reversed by mirroring: `first` swaps with `last`, and so on inwards. */
const REVERSED_RUNS = [
  [0, 16], // jaw
  [17, 26], // brows
  [31, 35], // nostrils
  [48, 54], // outer lip, above
  [55, 59], // outer lip, below
  [60, 64], // inner lip, above
  [65, 67], // inner lip, below
] as const
const SWAPPED_EYE_POINTS = [
  [36, 45],
  [37, 44],
  [38, 43],
  [39, 42],
  [40, 47],
  [41, 46],
] as const

/** `MIRROR_ORDER[i]` is the iBUG index of the point that takes index i when the face is mirrored. */
export const MIRROR_ORDER: readonly number[] = mirrorOrder()

/** Returns the landmarks of the mirrored picture; `width` is the picture's width in pixels. */
export function mirrorLandmarks(points: readonly Point[], width: number): Point[] {
  return reorderMirrored(points).map(([x, y]) => [width - 1 - x, y])
}

/** Returns the points in their order after mirroring; coordinates are not changed. Throws RangeError unless there are 68. */
export function reorderMirrored(points: readonly Point[]): Point[] {
  if (points.length !== MIRROR_ORDER.length) {
    throw new RangeError(`expected ${MIRROR_ORDER.length} landmarks, got ${points.length}`)
  }
  return MIRROR_ORDER.map((index) => points[index] as Point)
}

function mirrorOrder(): number[] {
  const order = Array.from({ length: 68 }, (_, index) => index) // the bridge of the nose stays
  for (const [first, last] of REVERSED_RUNS) {
    for (let index = first; index <= last; index++) order[index] = first + last - index
  }
  for (const [left, right] of SWAPPED_EYE_POINTS) {
    order[left] = right
    order[right] = left
  }
  return order
}
