/** Rotations in three dimensions. */

export type Vector = readonly [x: number, y: number, z: number]

/** Rotations about `pivot` in degrees, applied in the order yaw, pitch, roll. */
export interface Turn {
  readonly yaw: number
  readonly pitch: number
  readonly roll: number
  readonly pivot: Vector
}

/** Returns a function that rotates points about the pivot, and one that rotates directions. */
export function turner({ yaw, pitch, roll, pivot }: Turn): {
  point(p: Vector): Vector
  direction(d: Vector): Vector
} {
  const m = multiply(about(2, roll), multiply(about(0, pitch), about(1, yaw)))
  const direction = ([x, y, z]: Vector): Vector => [
    m[0]! * x + m[1]! * y + m[2]! * z,
    m[3]! * x + m[4]! * y + m[5]! * z,
    m[6]! * x + m[7]! * y + m[8]! * z,
  ]
  return {
    direction,
    point([x, y, z]) {
      const [a, b, c] = direction([x - pivot[0], y - pivot[1], z - pivot[2]])
      return [a + pivot[0], b + pivot[1], c + pivot[2]]
    },
  }
}

function about(axis: 0 | 1 | 2, degrees: number): number[] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  if (axis === 0) return [1, 0, 0, 0, c, -s, 0, s, c]
  if (axis === 1) return [c, 0, s, 0, 1, 0, -s, 0, c]
  return [c, -s, 0, s, c, 0, 0, 0, 1]
}

function multiply(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, i) => {
    const [row, column] = [3 * Math.floor(i / 3), i % 3]
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!
  })
}
