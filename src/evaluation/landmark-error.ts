/** How far landmarks lie from where they should: the normalised mean error (NME) by the distance of the outer eye corners. */
import type { Point } from '../faces/face.ts'

/** Outer corners of the eyes in the iBUG scheme. */
const [RIGHT_CORNER, LEFT_CORNER] = [36, 45]

/** From and to (not included) of the points of each part of the face. */
const PART_POINTS = {
  jaw: [0, 17],
  brows: [17, 27],
  nose: [27, 36],
  eyes: [36, 48],
  mouth: [48, 68],
} as const

export type FacePart = keyof typeof PART_POINTS
export const FACE_PARTS = Object.keys(PART_POINTS) as readonly FacePart[]

/** Pixels between the outer eye corners: what 300W's inter-ocular error divides by. */
export function interOcular(face: readonly Point[]): number {
  return distance(face[RIGHT_CORNER]!, face[LEFT_CORNER]!)
}

/** Mean distance of the points, as a fraction of the inter-ocular distance of the true face. */
export function landmarkError(truth: readonly Point[], found: readonly Point[]): number {
  return meanDistance(truth, found, [0, truth.length]) / interOcular(truth)
}

/** The same over the points of one part. The whole is the mean of the parts, each weighted by its number of points. */
export function partError(truth: readonly Point[], found: readonly Point[], part: FacePart): number {
  return meanDistance(truth, found, PART_POINTS[part]) / interOcular(truth)
}

function meanDistance(
  truth: readonly Point[],
  found: readonly Point[],
  [from, to]: readonly [from: number, to: number],
): number {
  let sum = 0
  for (let index = from; index < to; index++) sum += distance(truth[index]!, found[index]!)
  return sum / (to - from)
}

function distance([x, y]: Point, [otherX, otherY]: Point): number {
  return Math.hypot(x - otherX, y - otherY)
}
