/** Converts CIE xy chromaticities of red, green, blue and white to the XYZ values of an ICC profile. Pure. */

export type Triple = readonly [number, number, number]

/** CIE xy of the white point and of red, green and blue. */
export interface Chromaticities {
  readonly white: readonly [x: number, y: number]
  readonly primaries: readonly (readonly [x: number, y: number])[]
}

export const D65 = [0.3127, 0.329] as const
export const SRGB_CHROMATICITIES: Chromaticities = {
  white: D65,
  primaries: [
    [0.64, 0.33],
    [0.3, 0.6],
    [0.15, 0.06],
  ],
}

/** XYZ of the white point of ICC's profile connection space. */
export const D50: Triple = [0.9642, 1, 0.8249]

/**
 * Returns the XYZ of red, green and blue under D50, adapted by Bradford's method. Chromaticities that form no valid colour
 * space give infinities or NaN.
 */
export function adaptPrimaries({ white, primaries }: Chromaticities): readonly Triple[] {
  const lit = toXyz(white)
  const columns = primaries.map(toXyz) as [Triple, Triple, Triple]
  const strengths = multiply(invert(transpose(columns)), lit)
  const cones = multiply(BRADFORD, lit)
  const wanted = multiply(BRADFORD, D50)
  return columns.map((column, index) => {
    const found = multiply(BRADFORD, scale(column, strengths[index]!))
    return multiply(
      invert(BRADFORD),
      [0, 1, 2].map((i) => (found[i]! * wanted[i]!) / cones[i]!) as unknown as Triple,
    )
  })
}

type Matrix = readonly [Triple, Triple, Triple]

/** Bradford's matrix, by rows. */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]

/** Converts xy to XYZ with Y = 1. */
function toXyz([x, y]: readonly [number, number]): Triple {
  return [x / y, 1, (1 - x - y) / y]
}

function scale([x, y, z]: Triple, by: number): Triple {
  return [x * by, y * by, z * by]
}

function multiply([a, b, c]: Matrix, by: Triple): Triple {
  return [dot(a, by), dot(b, by), dot(c, by)]
}

function dot([a, b, c]: Triple, [x, y, z]: Triple): number {
  return a * x + b * y + c * z
}

function cross([a, b, c]: Triple, [x, y, z]: Triple): Triple {
  return [b * z - c * y, c * x - a * z, a * y - b * x]
}

function transpose([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  return [
    [a, d, g],
    [b, e, h],
    [c, f, i],
  ]
}

function invert([a, b, c]: Matrix): Matrix {
  const by = 1 / dot(a, cross(b, c))
  return transpose([scale(cross(b, c), by), scale(cross(c, a), by), scale(cross(a, b), by)])
}
