/** Light on the surfaces: one lamp with a soft shadow, and the sky all round, reaching less into folds. */
import { clamp01 } from './curve.ts'
import type { Mesh, Vector } from './mesh.ts'
import { rasteriseDepth, VALUES, type Projection, type Surfaces } from './face-raster.ts'
import type { Surface } from './surface.ts'
import type { Rgb } from './palette.ts'
import type { Traits } from './traits.ts'

interface ShadowMap {
  readonly direction: Vector
  readonly size: number
  readonly depth: Float32Array
  readonly project: Projection
}

/** Millimetres across a shadow map, and a surface's distance to its own shadow. */
const SHADOW_EXTENT = 560
const SHADOW_BIAS = 4

export function castShadow(meshes: readonly Mesh[], direction: Vector, size: number): ShadowMap {
  const project = lookAlong(direction, size)
  return { direction, size, depth: rasteriseDepth(meshes, size, project), project }
}

/** The meshes with the share of the sky that each vertex sees, weighted by its slope. `size` is that of each shadow map. */
export function underSky(meshes: readonly Mesh[], size: number): Mesh[] {
  const sky = SKY.map((direction) => castShadow(meshes, direction, size))
  return meshes.map((mesh) => {
    const { positions, normals } = mesh
    const light = new Float32Array(positions.length / 3)
    for (let v = 0; v < light.length; v++) {
      const normal: Vector = [normals[3 * v]!, normals[3 * v + 1]!, normals[3 * v + 2]!]
      const position: Vector = [positions[3 * v]!, positions[3 * v + 1]!, positions[3 * v + 2]!]
      for (const map of sky) {
        const slope = dot(normal, map.direction)
        if (slope > -0.2) light[v]! += ((slope + 0.2) / 1.2) * lit(map, position, normal, 1)
      }
      light[v] = 0.15 + (0.85 * light[v]!) / SKY_SUM
    }
    return { ...mesh, sky: light }
  })
}

/** Colour (linear light) of one pixel into `out`. */
export function createShader(
  { light }: Traits,
  shadow: ShadowMap,
  surfaces: Surfaces,
): (out: Float64Array, surface: Surface, pixel: number) => void {
  const { values } = surfaces
  const half = normalise([shadow.direction[0], shadow.direction[1], shadow.direction[2] + 1])
  const normal: [number, number, number] = [0, 0, 0]
  const position: [number, number, number] = [0, 0, 0]
  return (out, surface, pixel) => {
    const at = pixel * VALUES
    for (let k = 0; k < 3; k++) {
      normal[k] = values[at + 3 + k]!
      position[k] = values[at + 6 + k]!
    }
    const length = Math.sqrt(dot(normal, normal)) * (normal[2] < 0 ? -1 : 1) || 1
    for (let k = 0; k < 3; k++) normal[k]! /= length
    const slope = dot(normal, shadow.direction)
    const seen = slope > -0.4 ? lit(shadow, position, normal, 2) : 0
    const glance = seen > 0 ? dot(normal, half) : 0
    const highlight = glance > 0.5 ? surface.gloss * seen * Math.pow(glance, surface.sharpness) : 0
    const away = 1 - clamp01(normal[2])
    const rim = light.rim * away * away * away * 0.35 * (0.3 + surface.gloss)
    for (let k = 0; k < 3; k++) {
      const wrap = surface.soft * WRAP[k]!
      const shaded = seen > 0 && seen < 1 ? Math.pow(seen, 1 - 0.8 * wrap) : seen
      const lamp = light.key[k]! * clamp01((slope + wrap) / (1 + wrap)) * shaded
      const colour = k === 0 ? surface.red : k === 1 ? surface.green : surface.blue
      const sky = light.fill[k]! * (values[at + 9]! * colour + rim)
      out[k] = colour * lamp + light.key[k]! * highlight + sky
    }
  }
}

export function lampDirection({ light }: Traits): Vector {
  const [azimuth, elevation] = [(light.azimuth * Math.PI) / 180, (light.elevation * Math.PI) / 180]
  return [
    Math.sin(azimuth) * Math.cos(elevation),
    -Math.sin(elevation),
    Math.cos(azimuth) * Math.cos(elevation),
  ]
}

/** Red light goes deepest under skin, so that the edge of a shadow is reddish. */
const WRAP: Rgb = [0.42, 0.2, 0.14]

const SKY: readonly Vector[] = [
  [0, -0.95, 0.3],
  [0.75, -0.55, 0.35],
  [-0.75, -0.55, 0.35],
  [0.45, -0.3, 0.85],
  [-0.45, -0.3, 0.85],
  [0.9, 0.1, 0.4],
  [-0.9, 0.1, 0.4],
  [0, 0.15, 1],
].map(([x, y, z]) => normalise([x!, y!, z!]))

/** What a surface that faces the viewer gets from an open sky. */
const SKY_SUM = SKY.reduce((sum, direction) => sum + Math.max(0, (direction[2] + 0.2) / 1.2), 0)

/** 0 (in the shadow) to 1, the mean over a square of 2 reach + 1 texels around the very place. */
function lit({ depth, size, project }: ShadowMap, point: Vector, normal: Vector, reach: number): number {
  const off = 2.5
  const [x, y, near] = project([
    point[0] + off * normal[0],
    point[1] + off * normal[1],
    point[2] + off * normal[2],
  ])
  const column = Math.floor(x - 0.5) - reach
  const row = Math.floor(y - 0.5) - reach
  const side = 2 * reach + 1
  if (column < 0 || row < 0 || column + side >= size || row + side >= size) return 1
  // The outermost texels count as far as the square covers them.
  const right = x - 0.5 - reach - column
  const below = y - 0.5 - reach - row
  let sum = 0
  for (let r = 0; r <= side; r++) {
    const high = r === 0 ? 1 - below : r === side ? below : 1
    for (let c = 0; c <= side; c++) {
      const wide = c === 0 ? 1 - right : c === side ? right : 1
      const free = clamp01((near - depth[(row + r) * size + column + c]!) / SHADOW_BIAS + 1.5)
      sum += high * wide * free
    }
  }
  return sum / (side * side)
}

/** Parallel rays from `direction`, the head in the middle of the map. */
function lookAlong(direction: Vector, size: number): Projection {
  const right = normalise([direction[2], 0, -direction[0] + 1e-6])
  const down = cross(direction, right)
  const scale = size / SHADOW_EXTENT
  return (point) => [
    size / 2 + scale * dot(point, right),
    size / 2 + scale * (dot(point, down) - 30),
    dot(point, direction),
  ]
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function normalise([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z) || 1
  return [x / length, y / length, z / length]
}
