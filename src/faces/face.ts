/** A face in pixels: origin top-left, (0, 0) is the centre of the top-left pixel. */

export type Point = readonly [x: number, y: number]

/** The number of landmarks in the iBUG scheme; docs/landmarks.md shows their order. */
export const LANDMARK_COUNT = 68

export interface Face {
  /** x, y, width, height: the bounding box of the landmarks. */
  readonly box: readonly [x: number, y: number, width: number, height: number]
  /** From 0 to 1; higher is more certain. */
  readonly score: number
  /** 68 iBUG points. */
  readonly landmarks: readonly Point[]
}

/** Returns the bounding box as x, y, width, height. */
export function boundPoints(points: readonly Point[]): Face['box'] {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}
