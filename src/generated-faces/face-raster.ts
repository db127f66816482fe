/** Rasterises meshes into a buffer with the nearest surface of every pixel. */
import type { Mesh, Vector } from './mesh.ts'

/** Numbers per pixel in `values`: coords (3), normal (3), position (3), sky (1). */
export const VALUES = 10

export interface Surfaces {
  readonly size: number
  /** Larger is nearer; -Infinity where there is no surface. */
  readonly depth: Float32Array
  /** Material of the nearest mesh; 0 where there is none. */
  readonly materials: Uint8Array
  readonly values: Float32Array
}

/** Projects a point in space to its position in the picture (pixels from the top-left corner) and its nearness. */
export type Projection = (point: Vector) => Vector

export function rasterise(meshes: readonly Mesh[], size: number, project: Projection): Surfaces {
  const surfaces: Surfaces = {
    size,
    depth: new Float32Array(size * size).fill(-Infinity),
    materials: new Uint8Array(size * size),
    values: new Float32Array(size * size * VALUES),
  }
  for (const mesh of meshes) drawMesh(mesh, surfaces, project)
  return surfaces
}

/** Returns only the nearness of the nearest surface; used for shadow maps. */
export function rasteriseDepth(meshes: readonly Mesh[], size: number, project: Projection): Float32Array {
  const depth = new Float32Array(size * size).fill(-Infinity)
  for (const mesh of meshes) {
    const screen = projectAll(mesh, project)
    eachTriangle(mesh, screen, size, true, (pixel, _a, _b, _c, _wa, _wb, _wc, near) => {
      if (near > depth[pixel]!) depth[pixel] = near
    })
  }
  return depth
}

function drawMesh(mesh: Mesh, { size, depth, materials, values }: Surfaces, project: Projection): void {
  const { coords, normals, positions, sky } = mesh
  const screen = projectAll(mesh, project)
  eachTriangle(mesh, screen, size, mesh.open, (pixel, a, b, c, wa, wb, wc, near) => {
    if (near <= depth[pixel]!) return
    depth[pixel] = near
    materials[pixel] = mesh.material
    const at = pixel * VALUES
    for (let k = 0; k < 3; k++) {
      values[at + k] = wa * coords[a + k]! + wb * coords[b + k]! + wc * coords[c + k]!
      values[at + 3 + k] = wa * normals[a + k]! + wb * normals[b + k]! + wc * normals[c + k]!
      values[at + 6 + k] = wa * positions[a + k]! + wb * positions[b + k]! + wc * positions[c + k]!
    }
    values[at + 9] = wa * sky[a / 3]! + wb * sky[b / 3]! + wc * sky[c / 3]!
  })
}

function projectAll({ positions }: Mesh, project: Projection): Float64Array {
  const screen = new Float64Array(positions.length)
  for (let i = 0; i < positions.length; i += 3) {
    screen.set(project([positions[i]!, positions[i + 1]!, positions[i + 2]!]), i)
  }
  return screen
}

/** Calls `visit` for every pixel centre inside every triangle, with the three vertices and their barycentric weights. */
function eachTriangle(
  { triangles }: Mesh,
  screen: Float64Array,
  size: number,
  bothSides: boolean,
  visit: (
    pixel: number,
    a: number,
    b: number,
    c: number,
    wa: number,
    wb: number,
    wc: number,
    near: number,
  ) => void,
): void {
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t]! * 3
    const b = triangles[t + 1]! * 3
    const c = triangles[t + 2]! * 3
    const ax = screen[a]!
    const ay = screen[a + 1]!
    const bx = screen[b]!
    const by = screen[b + 1]!
    const cx = screen[c]!
    const cy = screen[c + 1]!
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    // The vertices of a triangle are ordered so that its outer side has a negative area on a canvas whose y axis points down.
    if (area === 0 || (area > 0 && !bothSides)) continue
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5))
    const right = Math.min(size - 1, Math.floor(Math.max(ax, bx, cx) - 0.5))
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5))
    const bottom = Math.min(size - 1, Math.floor(Math.max(ay, by, cy) - 0.5))
    for (let py = top; py <= bottom; py++) {
      for (let px = left; px <= right; px++) {
        const x = px + 0.5
        const y = py + 0.5
        const wa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
        const wb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
        const wc = 1 - wa - wb
        if (wa < 0 || wb < 0 || wc < 0) continue
        visit(
          py * size + px,
          a,
          b,
          c,
          wa,
          wb,
          wc,
          wa * screen[a + 2]! + wb * screen[b + 2]! + wc * screen[c + 2]!,
        )
      }
    }
  }
}
