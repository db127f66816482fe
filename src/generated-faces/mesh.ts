/** Triangle meshes with coordinates for their material. */
import { turner, type Turn, type Vector } from '../faces/turn.ts'

export type { Turn, Vector }

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

/** Columns and rows of a surface. */
export type Grid = readonly [columns: number, rows: number]

/** A surface over a grid: `at(u, v)` for u and v from 0 to 1, outside to the viewer's side. */
export function gridMesh(
  material: number,
  [columns, rows]: Grid,
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
