/** Conversions between sRGB values and linear light. Pure. */

/** sRGB's transfer function: linear light (0 to 1) → level (0 to 255), not rounded. */
export function encodeSrgb(linear: number): number {
  return 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055)
}

type Row = readonly [x: number, y: number, z: number]

/** Converts XYZ under D50 (as in ICC profiles) to linear sRGB red, green and blue; contains Bradford's adaptation to D65. */
export const XYZ_TO_SRGB: readonly [red: Row, green: Row, blue: Row] = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
]
