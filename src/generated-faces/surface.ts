/** The result of a material for one position on a surface. */

/** FaceSynthetics' segmentation values. */
export const CLASSES = {
  background: 0,
  skin: 1,
  nose: 2,
  rightEye: 3,
  leftEye: 4,
  rightBrow: 5,
  leftBrow: 6,
  rightEar: 7,
  leftEar: 8,
  mouthInterior: 9,
  topLip: 10,
  bottomLip: 11,
  neck: 12,
  hair: 13,
  beard: 14,
  clothing: 15,
  glasses: 16,
  headwear: 17,
} as const

/** Filled in by a material. Colour is the fraction of linear light that is reflected. */
export interface Surface {
  red: number
  green: number
  blue: number
  /** Strength and sharpness of highlights. */
  gloss: number
  sharpness: number
  /** How far light travels under the surface: 1 for skin, 0 for cloth. */
  soft: number
  class: number
}

export function paint(surface: Surface, red: number, green: number, blue: number): void {
  surface.red = red
  surface.green = green
  surface.blue = blue
}

export function finish(
  surface: Surface,
  gloss: number,
  sharpness: number,
  soft: number,
  label: number,
): void {
  surface.gloss = gloss
  surface.sharpness = sharpness
  surface.soft = soft
  surface.class = label
}
