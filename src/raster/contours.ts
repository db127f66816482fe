/**
 * Closed contours, one after the other, as plain numbers: landmarks come in lists of every kind, and code that meets them all
 * is compiled again for each.
 */
import type { Point } from '../faces/face.ts'

export class Contours {
  /** x, y, x, y, … */
  numbers = new Float64Array(512)
  /** How many of `numbers` there are. */
  length = 0
  /** Where in `numbers` each contour ends. */
  readonly ends: number[] = []

  clear(): void {
    this.length = 0
    this.ends.length = 0
  }

  add(x: number, y: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.numbers)
      this.numbers = larger
    }
    this.numbers[this.length++] = x
    this.numbers[this.length++] = y
  }

  /** What was added since the last end is a contour. */
  end(): void {
    this.ends.push(this.length)
  }
}

/** Far beyond any picture, and still small enough to reckon with. */
const FAR = 1e6

/** The points that are finite, as one contour. */
export function addPoints(contours: Contours, points: readonly Point[]): void {
  for (const point of points) {
    const [x, y] = point
    if (Number.isFinite(x) && Number.isFinite(y)) contours.add(keepNear(x), keepNear(y))
  }
  contours.end()
}

export function keepNear(value: number): number {
  return Math.max(-FAR, Math.min(FAR, value))
}
