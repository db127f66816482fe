/** A picture in a few bits: pictures that look alike differ in few of them. */
import type { Pixels } from './sample-crop.ts'

/** Hexadecimal. */
export function measureLikeness({ width, height }: Pixels): string {
  return `${width.toString(16)}x${height.toString(16)}`
}
