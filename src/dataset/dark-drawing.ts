/**
 * Detects conditioning images that are nearly black. Most often their values are class numbers, as segmentation tools write
 * them. Pure.
 */

import { formatCount } from '../words.ts'

/** A quarter of full brightness. In sets with more classes than this, single pictures still contain fewer. */
const DARK = 63
const WHITE = 255

/**
 * Returns the largest value of an RGB image that is nearly black; null for other images. White is ignored, because it often
 * stands for "no class"; a drawing in black and white only is not nearly black.
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

/** How many conditioning images are nearly black, and the largest value in them. */
export interface DarkDrawings {
  readonly count: number
  readonly largest: number
}

/** `rows` is the number of all conditioning images. */
export function formatDarkDrawings({ count, largest }: DarkDrawings, rows: number): string {
  const are = count === 1 ? 'conditioning image is' : 'conditioning images are'
  return (
    `${formatCount(count)} of ${formatCount(rows)} ${are} nearly black: besides 255, the largest value is ${largest}. ` +
    'If the values are the numbers of classes, give each class a colour of its own (docs/sources.md, Pairs).'
  )
}
