/**
 * The tone of a face's skin as the individual typology angle: the angle of lightness over yellowness in CIELAB, in degrees, in the six
 * groups of Chardon and others (1991) and Del Bino and others (2006). It is of the skin as photographed: light and camera change it.
 */
import type { Point } from '../faces/face.ts'
import type { RgbPixels } from '../raster/rgb-pixels.ts'
import { toLab, type Lab } from './lab.ts'
import { quantile } from './statistics.ts'

/** Lightest first; each begins above its angle. */
const GROUPS = [
  ['very light', 55],
  ['light', 41],
  ['intermediate', 28],
  ['tan', 10],
  ['brown', -30],
  ['dark', -Infinity],
] as const

export type ToneGroup = (typeof GROUPS)[number][0]
export const TONE_GROUPS: readonly ToneGroup[] = GROUPS.map(([group]) => group)

/** Degrees, -90 to 90. */
export function typologyAngle([lightness, , yellowness]: Lab): number {
  // A bluish skin is one under bluish light: the lightness decides alone.
  if (yellowness <= 0) return lightness >= 50 ? 90 : -90
  return (Math.atan((lightness - 50) / yellowness) * 180) / Math.PI
}

export function toneGroup(angle: number): ToneGroup {
  return GROUPS.find(([, above]) => angle > above)![0]
}

/** Outlines of the cheeks: lower lid, wing of the nose, jaw at the height of the ear. Below it beards begin. */
const CHEEKS = [
  [36, 41, 40, 31, 2],
  [45, 46, 47, 35, 14],
] as const
/** Of the way to the middle: keeps lashes, nostrils and the background out. */
const INSET = 0.25
const FEWEST_PIXELS = 12

/** The median colour of both cheeks. Null where too little of them can be seen. */
export function skinColour(picture: RgbPixels, face: readonly Point[]): Lab | null {
  const colours = CHEEKS.flatMap((outline) =>
    collectInside(picture, inset(outline.map((index) => face[index]!))),
  )
  if (colours.length < FEWEST_PIXELS) return null
  const median = (channel: 0 | 1 | 2): number =>
    quantile(
      colours.map((colour) => colour[channel]),
      0.5,
    )!
  return [median(0), median(1), median(2)]
}

function inset(outline: readonly Point[]): Point[] {
  const [x, y] = [0, 1].map((axis) => outline.reduce((sum, point) => sum + point[axis]!, 0) / outline.length)
  return outline.map((point): Point => [
    point[0] + (x! - point[0]) * INSET,
    point[1] + (y! - point[1]) * INSET,
  ])
}

function collectInside({ data, width, height }: RgbPixels, outline: readonly Point[]): Lab[] {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
  const colours: Lab[] = []
  for (let y = Math.max(0, Math.ceil(Math.min(...ys))); y <= Math.min(height - 1, Math.max(...ys)); y++) {
    for (let x = Math.max(0, Math.ceil(Math.min(...xs))); x <= Math.min(width - 1, Math.max(...xs)); x++) {
      if (!isInside([x, y], outline)) continue
      const at = (y * width + x) * 3
      colours.push(toLab(data[at]!, data[at + 1]!, data[at + 2]!))
    }
  }
  return colours
}

/** By counting the edges that a line to the right crosses. */
function isInside([x, y]: Point, outline: readonly Point[]): boolean {
  let inside = false
  for (const [index, [toX, toY]] of outline.entries()) {
    const [fromX, fromY] = outline.at(index - 1)!
    if (fromY > y === toY > y) continue
    if (x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) inside = !inside
  }
  return inside
}
