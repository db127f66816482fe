/** Drawings that are nearly black: most often the numbers of classes, as segmentation tools write them. Pure. */

import { formatCount } from '../words.ts'

/** A quarter of full brightness. Sets with more classes than that have pictures with fewer. */
const DARK = 63
const WHITE = 255

/**
 * The largest value of RGB pixels that are nearly black; null for others. White is passed over, as it stands for "no class";
 * black and white alone are an ordinary drawing.
 */
export function findDarkLevel(rgb: Uint8Array): number | null {
  let largest = 0
  for (let at = 0; at < rgb.length; at += 3) {
    const [red, green, blue] = [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!]
    const value = Math.max(red, green, blue)
    if (value > DARK && Math.min(red, green, blue) < WHITE) return null
    if (value <= DARK && value > largest) largest = value
  }
  return largest === 0 ? null : largest
}

/** How many conditioning images are so, and the largest of their values. */
export interface DarkDrawings {
  readonly count: number
  readonly largest: number
}

/** `rows`: how many conditioning images there are. */
export function formatDarkDrawings({ count, largest }: DarkDrawings, rows: number): string {
  const are = count === 1 ? 'conditioning image is' : 'conditioning images are'
  return (
    `${formatCount(count)} of ${formatCount(rows)} ${are} nearly black: besides 255, the largest value is ${largest}. ` +
    'If the values are the numbers of classes, give each class a colour of its own (docs/sources.md, Pairs).'
  )
}
