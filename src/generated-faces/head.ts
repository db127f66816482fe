/** The surface of the head: horizontal slices with rounded outlines, and the relief of the features at the front. */
import { bell, bell2, clamp01, curve, smoothstep } from './curve.ts'
import type { Features } from './features.ts'
import type { Traits } from './traits.ts'

export interface HeadShape {
  readonly top: number
  readonly bottom: number
  /** Half the width of the slice at height y. */
  halfWidth(y: number): number
  /** The surface at height y and azimuth (degrees; 0 is the front, positive is the image's right); z points to the viewer. */
  at(y: number, azimuth: number): { x: number; z: number }
  /** z of the front surface at (x, y). */
  frontZ(x: number, y: number): number
}

const TOP = -116
/** The front of a slice is flatter than an ellipse. */
const ROUNDNESS = 2.35

export function shapeHead(traits: Traits, features: Features): HeadShape {
  const bottom = features.chin + 2
  const table = (knots: [number, number][]): ((y: number) => number) => evenly(knots, bottom, features)
  const { face } = traits
  const jaw = face.jawWidth * face.width
  const wide = face.width
  const halfWidth = table([
    [-116, 0],
    [-107, 36 * wide],
    [-93, 57 * wide],
    [-72, 70 * wide],
    [-42, 75.5 * wide],
    [-15, 75.5 * wide],
    [0, 73.5 * wide],
    [20, 71 * wide],
    [40, 67.5 * wide * (0.4 + 0.6 * face.jawWidth)],
    [60, 62 * jaw],
    [80, 52.5 * jaw],
    [95, 41 * jaw],
    [107, 27 * jaw],
    [114, 16 * jaw],
    [119, 0],
  ])
  const front = table([
    [-116, -85],
    [-108, -47],
    [-97, -22],
    [-82, -6],
    [-60, 3],
    [-40, 7],
    [-22, 8.5],
    [-8, 5],
    [5, 3],
    [20, 3],
    [45, 6],
    [70, 8],
    [90, 4],
    [103, 6],
    [110, 3],
    [115, -7],
    [119, -26],
  ])
  const middle = table([
    [-116, -85],
    [-60, -94],
    [0, -90],
    [40, -76],
    [80, -57],
    [100, -42],
    [119, -26],
  ])
  const back = table([
    [-116, -85],
    [-108, -125],
    [-93, -155],
    [-60, -182],
    [-20, -190],
    [20, -182],
    [50, -152],
    [80, -108],
    [100, -78],
    [112, -54],
    [119, -26],
  ])
  const relief = planRelief(traits, features)

  const smoothFront = (share: number, y: number): number =>
    middle(y) + (front(y) - middle(y)) * Math.pow(clamp01(1 - Math.pow(share, ROUNDNESS)), 1 / ROUNDNESS)
  const at = (y: number, azimuth: number): { x: number; z: number } => {
    const [sin, cos] = [Math.sin((azimuth * Math.PI) / 180), Math.cos((azimuth * Math.PI) / 180)]
    const half = halfWidth(y)
    if (cos <= 0) return { x: half * sin, z: middle(y) + (middle(y) - back(y)) * cos }
    const share = Math.pow(Math.abs(sin), 2 / ROUNDNESS)
    const x = half * share * Math.sign(sin)
    return { x, z: smoothFront(share, y) + relief(x, y) * smoothstep(0.99, 0.85, share) }
  }
  return {
    top: TOP,
    bottom,
    halfWidth,
    at,
    frontZ(x, y) {
      const share = Math.min(1, Math.abs(x) / Math.max(halfWidth(y), 1e-6))
      return smoothFront(share, y) + relief(x, y) * smoothstep(0.99, 0.85, share)
    },
  }
}

/**
 * Returns a curve over y that ends smoothly at the crown and under the chin; the jaw is lowered as far as the mouth is open.
 */
function evenly(knots: [number, number][], bottom: number, features: Features): (y: number) => number {
  const lowered = knots.map(([y, value]): [number, number] => {
    const long = y > 90 ? ((y - 90) / 29) * (bottom - features.jawDrop(120) - 119) : 0
    return [Math.min(bottom, y + features.jawDrop(y) + long), value]
  })
  lowered[lowered.length - 1]![0] = bottom
  const angle = (y: number): number =>
    Math.acos(Math.max(-1, Math.min(1, 1 - (2 * (y - TOP)) / (bottom - TOP))))
  const smooth = curve(lowered.map(([y, value]) => [angle(y), value] as const))
  return (y) => smooth(angle(y))
}

function planRelief(
  { face, expression, skin }: Traits,
  features: Features,
): (x: number, y: number) => number {
  const { nose, mouth, eyes, brow } = features
  const smile = Math.max(0, expression.smile)
  const ridge = curve([
    [-16, 0],
    [-5, 1],
    [4, 3.5],
    [14, 8.5],
    [24, 13.5],
    [33, 18.5],
    [39, 21.5],
    [43, 20.5],
    [46.5, 14],
    [50, 6],
    [55, 0],
  ])
  const ridgeWidth = curve([
    [-16, 9],
    [4, 7],
    [20, 8],
    [33, 10.5],
    [40, 12],
    [50, 12],
  ])
  const lipLine = (x: number): number => x / mouth.halfWidth
  return (x, y) => {
    const wide = Math.abs(x)
    const noseY = y / nose.length
    let z = 0
    // Nose: ridge, wings.
    if (y > -20 && y < 66 && wide < 40) {
      const flank = wide / (ridgeWidth(noseY) * nose.width)
      z += nose.height * ridge(noseY) * Math.exp(-Math.pow(flank, 2.3))
      z += 9.5 * nose.height * bell2(wide - 12.5 * nose.width, noseY - 42.5, 5.6, 6.2)
      z -= 2 * bell2(wide - 20.5 * nose.width, noseY - 44, 3.5, 9)
    }
    // Eyes: socket, ball, inner corner; brow ridge.
    if (y > -50 && y < 40) {
      const eye = eyes[x < 0 ? 0 : 1]
      const fromEye = x - eye.centreX
      z -= 8.5 * bell2(fromEye + 2 * eye.side, y + 3, 19, 13)
      z += 6.5 * bell2(fromEye, y - 0.5, 13, 9.5)
      z -= 4 * bell2(wide - 13, y - 1, 6, 9)
      z += 3.5 * bell2(wide - 30, y - brow.y(0.5) - 2, 24, 6.5)
      z -= (0.8 + 1.6 * skin.age) * bell(y - 12 - 0.1 * (wide - 30), 3.2) * bell(wide - 27, 13)
    }
    // Cheeks, with the fold between nose and mouth.
    z += (2 + 3 * face.cheeks + 3 * smile) * bell2(wide - 43, y - 30 + 4 * smile, 17, 15)
    if (y > 30 && y < 92) {
      const fold = 19.5 + (y - 42) * (0.32 + 0.1 * smile)
      z -=
        (0.7 + 1.6 * skin.age + 2.2 * smile) *
        bell(wide - fold, 4) *
        smoothstep(36, 48, y) *
        smoothstep(92, 70, y)
    }
    // Mouth: lips, the line or gap between them, corners, the groove above and the dent below.
    if (y > 45 && wide < 45) {
      const t = lipLine(x)
      const inside = clamp01(1 - t * t)
      const [top, upper] = [mouth.topOuter(t), mouth.topInner(t / 0.9)]
      const [lower, under] = [mouth.bottomInner(t / 0.9), mouth.bottomOuter(t)]
      z += 4.2 * face.upperLip * inside * bell(y - (top + upper) / 2 - 0.6, 4.2)
      z += 5.4 * face.lowerLip * Math.sqrt(inside) * bell(y - (lower + under) / 2, 5)
      z -= 2.6 * inside * bell(y - upper, 1.7)
      if (mouth.drop > 0)
        z -= 9 * smoothstep(upper - 0.5, upper + 2, y) * smoothstep(lower + 0.5, lower - 2, y) * inside
      z -= 2.2 * bell2(wide - mouth.halfWidth - 1.5, y - mouth.topInner(1), 4, 5)
      z -= 1.6 * bell2(x, y - 57, 3.2, 6)
      z -= 3.6 * bell2(x, y - under - 6, 17, 5)
    }
    z += (4 + face.chin * 0.15) * bell2(x, y - features.chin + 14, 16, 11)
    return z
  }
}
