/** Colours as CIELAB under D65, sRGB's own white: distances there are about those that people see. */

export type Lab = readonly [lightness: number, a: number, b: number]

/** XYZ of the white. */
const [WHITE_X, WHITE_Z] = [0.95047, 1.08883]

/** 8-bit sRGB → Lab. */
export function toLab(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [decodeSrgb(red), decodeSrgb(green), decodeSrgb(blue)]
  const x = cubeRoot((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE_X)
  const y = cubeRoot(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = cubeRoot((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE_Z)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** Distance of two colours (CIE 1976): about 2.3 can just be told apart, 100 lies between black and white. */
export function colourDistance(one: Lab, other: Lab): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}

/** Level (0-255) → linear light (0-1). */
function decodeSrgb(level: number): number {
  const value = level / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** Lab's own: a straight line near black. */
function cubeRoot(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116
}
