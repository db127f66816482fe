/** Triangle meshes with coordinates for their material. */

export type Vector = readonly [x: number, y: number, z: number]

export interface Vertex {
  readonly position: Vector
  /** What the material looks at: place on the undeformed object. */
  readonly coords: Vector
}

export interface Mesh {
  readonly material: number
  /** Three numbers a vertex each. */
  readonly positions: Float64Array
  readonly normals: Float64Array
  readonly coords: Float64Array
  /** Share of the sky that each vertex sees. */
  readonly sky: Float32Array
  /** Three vertices a triangle. */
  readonly triangles: Uint32Array
  /** Seen from both sides. */
  readonly open: boolean
}

/** A surface over a grid: `at(u, v)` for u and v from 0 to 1, outside to the viewer's side. */
export function gridMesh(
  material: number,
  [columns, rows]: readonly [number, number],
  at: (u: number, v: number) => Vertex,
  open = false,
): Mesh {
  const count = (columns + 1) * (rows + 1)
  const positions = new Float64Array(count * 3)
  const coords = new Float64Array(count * 3)
  for (let row = 0, i = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++, i += 3) {
      const vertex = at(column / columns, row / rows)
      positions.set(vertex.position, i)
      coords.set(vertex.coords, i)
    }
  }
  const triangles = new Uint32Array(columns * rows * 6)
  for (let row = 0, t = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, t += 6) {
      const a = row * (columns + 1) + column
      const b = a + columns + 1
      triangles.set([a, b, a + 1, a + 1, b, b + 1], t)
    }
  }
  return {
    material,
    positions,
    normals: averageNormals(positions, triangles),
    coords,
    sky: new Float32Array(count).fill(1),
    triangles,
    open,
  }
}

/** Each vertex gets the mean direction of the triangles around it, larger ones counting more. */
function averageNormals(positions: Float64Array, triangles: Uint32Array): Float64Array {
  const normals = new Float64Array(positions.length)
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t]! * 3, triangles[t + 1]! * 3, triangles[t + 2]! * 3]
    const [ux, uy, uz] = difference(positions, b, a)
    const [vx, vy, vz] = difference(positions, c, a)
    const [nx, ny, nz] = [vy * uz - vz * uy, vz * ux - vx * uz, vx * uy - vy * ux]
    for (const i of [a, b, c]) {
      normals[i]! += nx
      normals[i + 1]! += ny
      normals[i + 2]! += nz
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!) || 1
    normals[i]! /= length
    normals[i + 1]! /= length
    normals[i + 2]! /= length
  }
  return normals
}

function difference(positions: Float64Array, a: number, b: number): Vector {
  return [
    positions[a]! - positions[b]!,
    positions[a + 1]! - positions[b + 1]!,
    positions[a + 2]! - positions[b + 2]!,
  ]
}

/** Rotations in the order yaw, pitch, roll about `pivot`; degrees. */
export interface Turn {
  readonly yaw: number
  readonly pitch: number
  readonly roll: number
  readonly pivot: Vector
}

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

export function turnMesh(mesh: Mesh, turn: Turn): Mesh {
  const { point, direction } = turner(turn)
  return {
    ...mesh,
    positions: mapTriples(mesh.positions, point),
    normals: mapTriples(mesh.normals, direction),
  }
}

function mapTriples(values: Float64Array, map: (triple: Vector) => Vector): Float64Array {
  const result = new Float64Array(values.length)
  for (let i = 0; i < values.length; i += 3) {
    result.set(map([values[i]!, values[i + 1]!, values[i + 2]!]), i)
  }
  return result
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
