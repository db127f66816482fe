/**
 * A list of closed contours in one flat array of numbers. Flat numbers keep the drawing code fast: landmarks come in arrays of
 * several shapes, for each of which V8 would compile it again.
 */
import type { Point } from '../faces/face.ts'

export class Contours {
  /** x, y, x, y, … */
  numbers = new Float64Array(512)
  /** How many elements of `numbers` are in use. */
  length = 0
  /** Index in `numbers` at which each contour ends. */
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

  /** Makes one contour of the points that were added since the last call. */
  end(): void {
    this.ends.push(this.length)
  }
}

/** Coordinates are limited to this: far outside any picture, and small enough for exact arithmetic. */
const FAR = 1e6

/** Adds the finite points as one contour. */
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
