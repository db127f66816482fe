/** A face in pixels: origin top-left, (0, 0) is the centre of the top-left pixel. */

export type Point = readonly [x: number, y: number]

/** How many landmarks the iBUG scheme has; docs/landmarks.md shows their order. */
export const LANDMARK_COUNT = 68

export interface Face {
  /** x, y, width, height: bounds the landmarks. */
  readonly box: readonly [x: number, y: number, width: number, height: number]
  /** 0-1, higher is surer. */
  readonly score: number
  /** 68 iBUG points. */
  readonly landmarks: readonly Point[]
}

/** x, y, width, height. */
export function boundPoints(points: readonly Point[]): Face['box'] {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}
