/** The meshes of one person: head with hair, ears, neck, clothes, long hair, glasses. */
import { bell, clamp01, curve, lerp, noise, smoothstep } from './curve.ts'
import type { Features } from './features.ts'
import { buildGlasses } from './glasses.ts'
import type { HeadShape } from './head.ts'
import { gridMesh, turnMesh, type Grid, type Mesh, type Turn, type Vector } from './mesh.ts'
import { createHairline, hairThickness } from './hair.ts'
import type { Traits } from './traits.ts'

export const MATERIALS = { head: 1, ear: 2, neck: 3, clothes: 4, longHair: 5, glasses: 6 } as const

/** The head turns about the top of the neck. */
export function headTurn({ pose }: Traits): Turn {
  return { ...pose, pivot: [0, 20, -85] }
}

/** `detail` is the share of the full number of columns and rows. */
export function buildBody(traits: Traits, features: Features, head: HeadShape, detail: number): Mesh[] {
  const grid = (columns: number, rows: number): Grid => [
    Math.round(columns * detail),
    Math.round(rows * detail),
  ]
  const turn = headTurn(traits)
  const lean = { ...turn, yaw: 0.3 * turn.yaw, pitch: 0.1 * turn.pitch, roll: 0.25 * turn.roll }
  const onHead = [
    buildHead(traits, head, grid(230, 220)),
    buildEar(-1, head, grid(28, 28)),
    buildEar(1, head, grid(28, 28)),
    ...(traits.hair.style === 'long' ? [buildLongHair(traits, head, grid(140, 70))] : []),
    ...(traits.glasses ? buildGlasses(MATERIALS.glasses, traits.glasses, features, head) : []),
  ]
  return [
    ...onHead.map((mesh) => turnMesh(mesh, turn)),
    turnMesh(buildNeck(grid(60, 30)), lean),
    turnMesh(buildClothes(grid(90, 60)), { ...lean, yaw: 0.15 * turn.yaw }),
  ]
}

function buildHead(traits: Traits, head: HeadShape, grid: Grid): Mesh {
  const hairline = createHairline(traits)
  return gridMesh(MATERIALS.head, grid, (u, v) => {
    const azimuth = spread(u)
    const y = lerp(head.top, head.bottom, (1 - Math.cos(Math.PI * v)) / 2)
    const { x, z } = head.at(y, azimuth)
    const thickness = hairThickness(traits, hairline(azimuth) - y, y, azimuth)
    const out = awayFrom([0, -15, -90], [x, y, z], thickness)
    return { position: out, coords: [x, y, azimuth] }
  })
}

/** -180 to 180 degrees, three quarters of the columns in front. */
function spread(u: number): number {
  const t = 2 * u - 1
  return 180 * t * lerp(0.62, 1, Math.pow(Math.abs(t), 3))
}

function awayFrom(centre: Vector, point: Vector, distance: number): Vector {
  const [dx, dy, dz] = [point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]]
  const scale = distance / (Math.hypot(dx, dy, dz) || 1)
  return [point[0] + dx * scale, point[1] + dy * scale, point[2] + dz * scale]
}

function buildEar(side: -1 | 1, head: HeadShape, grid: Grid): Mesh {
  const root = head.halfWidth(8) - 1
  return gridMesh(MATERIALS.ear, grid, (u, v) => {
    // Turned the other way round on the other side, so that the outside stays outside.
    const [around, along] = [-side * 2 * Math.PI * u, Math.PI * v]
    const [a, b, c] = [
      Math.sin(along) * Math.cos(around),
      -Math.cos(along),
      Math.sin(along) * Math.sin(around),
    ]
    const depth = 15.5 * a * (1 - 0.3 * smoothstep(0, 1, b))
    const bowl = c * 5.5 * (1 - 0.95 * bell(Math.hypot(a - 0.1, b * 0.8 + 0.05), 0.55))
    return {
      position: [side * (root + 4 - 0.34 * (depth - 4) + bowl), 8 + 29 * b - 0.18 * depth, -90 + depth],
      coords: [a, b, Math.hypot(a - 0.1, b * 0.8 + 0.05)],
    }
  })
}

function buildNeck(grid: Grid): Mesh {
  return gridMesh(MATERIALS.neck, grid, (u, v) => {
    const azimuth = lerp(-180, 180, u)
    const [sin, cos] = [Math.sin((azimuth * Math.PI) / 180), Math.cos((azimuth * Math.PI) / 180)]
    const y = lerp(50, 190, v)
    const flare = smoothstep(110, 175, y)
    const half = 52 + 26 * flare
    const muscle = 2.5 * bell(Math.abs(azimuth) - 28 + 14 * flare, 12)
    return {
      position: [half * sin, y, -84 + (48 + 8 * flare + muscle) * cos],
      coords: [half * sin, y, azimuth],
    }
  })
}

function buildClothes(grid: Grid): Mesh {
  const halfWidth = curve([
    [118, 54],
    [132, 62],
    [145, 84],
    [160, 130],
    [180, 172],
    [215, 200],
    [340, 215],
  ])
  const front = curve([
    [118, -32],
    [140, -22],
    [170, 0],
    [220, 22],
    [340, 35],
  ])
  return gridMesh(
    MATERIALS.clothes,
    grid,
    (u, v) => {
      const azimuth = lerp(-180, 180, u)
      const [sin, cos] = [Math.sin((azimuth * Math.PI) / 180), Math.cos((azimuth * Math.PI) / 180)]
      const y = lerp(118, 340, v)
      const share = Math.pow(Math.abs(cos), 0.8) * Math.sign(cos)
      const depth = share > 0 ? front(y) + 88 : 70
      const fold = 2.5 * noise(azimuth / 14, y / 50, 5) * smoothstep(140, 200, y)
      return {
        position: [halfWidth(y) * sin, y, -88 + depth * share + fold],
        coords: [halfWidth(y) * sin, y, azimuth],
      }
    },
    true,
  )
}

function buildLongHair({ hair, salt }: Traits, head: HeadShape, grid: Grid): Mesh {
  return gridMesh(
    MATERIALS.longHair,
    grid,
    (u, v) => {
      const azimuth = lerp(64, 296, u)
      const [sin, cos] = [Math.sin((azimuth * Math.PI) / 180), Math.cos((azimuth * Math.PI) / 180)]
      const y = lerp(-70, hair.end, v)
      const skull = head.halfWidth(Math.min(y, -15))
      const wave = (1.5 + 5 * hair.curl) * noise(azimuth / 12, y / 22, salt)
      const half = skull + 8 + 9 * smoothstep(-70, 20, y) + 6 * smoothstep(60, 180, y) + wave
      const deep = cos > 0 ? 70 : 112 - 25 * smoothstep(20, 120, y)
      return { position: [half * sin, y, -88 + (deep + wave) * cos], coords: [azimuth, y, clamp01(v)] }
    },
    true,
  )
}
