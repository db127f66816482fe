/** Glasses: two rims, a bridge and two arms, all made of round bars. */
import { lerp } from './curve.ts'
import type { Features } from './features.ts'
import type { HeadShape } from './head.ts'
import { gridMesh, type Mesh, type Vector } from './mesh.ts'
import type { Traits } from './traits.ts'

export function buildGlasses(
  material: number,
  glasses: NonNullable<Traits['glasses']>,
  features: Features,
  head: HeadShape,
): Mesh[] {
  const [halfWidth, halfHeight] = [24.5 * glasses.size, 18.5 * glasses.size]
  const rimZ = head.frontZ(0, 2) + 9
  const bend = (x: number): number => rimZ - 0.0035 * x * x
  const rims = features.eyes.map(({ centreX }) =>
    tube(
      material,
      (t) => {
        const [c, s] = [Math.cos(2 * Math.PI * t), Math.sin(2 * Math.PI * t)]
        const x = centreX * 1.02 + halfWidth * power(c, 2 / glasses.roundness)
        return [x, 3 + halfHeight * power(s, 2 / glasses.roundness), bend(x)]
      },
      1.5,
      90,
    ),
  )
  const inner = Math.abs(features.eyes[0].centreX) * 1.02 - halfWidth
  const bridge = tube(
    material,
    (t) => [lerp(-inner, inner, t), 1 - 3.5 * Math.sin(Math.PI * t), rimZ + 0.5],
    1.4,
    20,
  )
  const outer = Math.abs(features.eyes[0].centreX) * 1.02 + halfWidth
  const arms = [-1, 1].map((side) =>
    tube(
      material,
      (t) => [side * lerp(outer, head.halfWidth(0) + 4, Math.sqrt(t)), -3 + 4 * t, lerp(bend(outer), -90, t)],
      1.5,
      30,
    ),
  )
  return [...rims, bridge, ...arms]
}

function power(value: number, exponent: number): number {
  return Math.sign(value) * Math.pow(Math.abs(value), exponent)
}

/** Returns a round bar along a path. */
function tube(material: number, path: (t: number) => Vector, radius: number, steps: number): Mesh {
  return gridMesh(
    material,
    [steps, 8],
    (u, v) => {
      const [x, y, z] = path(u)
      const [nx, ny, nz] = path(Math.min(1, u + 0.002))
      const [px, py, pz] = path(Math.max(0, u - 0.002))
      const [tx, ty, tz] = normalise([nx - px, ny - py, nz - pz])
      const side = normalise([ty, -tx, 0])
      const up: Vector = [
        side[1] * tz - side[2] * ty,
        side[2] * tx - side[0] * tz,
        side[0] * ty - side[1] * tx,
      ]
      const [c, s] = [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)]
      return {
        position: [x + c * side[0] + s * up[0], y + c * side[1] + s * up[1], z + c * side[2] + s * up[2]],
        coords: [x, y, z],
      }
    },
    true,
  )
}

function normalise([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z) || 1
  return [x / length, y / length, z / length]
}
