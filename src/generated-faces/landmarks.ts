/** Places 70 points on the surface: iBUG's 68, then the pupils of the image's left and right eye. */
import type { Vector } from '../faces/turn.ts'
import { lerp } from './curve.ts'
import type { Eye, Features } from './features.ts'
import type { HeadShape } from './head.ts'

export type Point3 = Vector

/**
 * `outlineX` returns how far to the picture's right a point of the head appears. A jaw landmark is the outermost visible point
 * of its slice (within limits), which is where people and nets place it.
 */
export function placeLandmarks(
  features: Features,
  head: HeadShape,
  outlineX: (point: Point3) => number,
): Point3[] {
  const on = (x: number, y: number): Point3 => [x, y, head.frontZ(x, y)]
  const { brow, nose, mouth, eyes } = features
  const browPoint = (side: number, along: number): Point3 =>
    on(side * lerp(brow.inner, brow.outer, along), brow.y(along) - 0.22 * brow.thickness(along))
  const lip = (edge: (t: number) => number, t: number, half: number): Point3 => on(t * half, edge(t))
  const outer = (edge: (t: number) => number, ts: readonly number[]): Point3[] =>
    ts.map((t) => lip(edge, t, mouth.halfWidth))
  const inner = (edge: (t: number) => number, ts: readonly number[]): Point3[] =>
    ts.map((t) => lip(edge, t, mouth.innerHalfWidth))
  return [
    ...jaw(features, head, outlineX),
    ...[0.98, 0.76, 0.5, 0.25, 0.03].map((along) => browPoint(-1, along)),
    ...[0.03, 0.25, 0.5, 0.76, 0.98].map((along) => browPoint(1, along)),
    ...[2.5, 16, 29, 40.5].map((y) => on(0, y * nose.length)),
    ...[-12.6, -6.6, 0, 6.6, 12.6].map((x) =>
      on(x * nose.width, nose.base + (x === 0 ? 1.5 : Math.abs(x) > 10 ? -1.8 : 0.4)),
    ),
    ...eyePoints(eyes[0]).map(([x, y]) => on(x, y)),
    ...flipped(eyePoints(eyes[1])).map(([x, y]) => on(x, y)),
    ...outer(mouth.topOuter, [-1, -0.62, -0.24, 0, 0.24, 0.62, 1]),
    ...outer(mouth.bottomOuter, [0.64, 0.3, 0, -0.3, -0.64]),
    ...inner(mouth.topInner, [-1, -0.35, 0, 0.35, 1]),
    ...inner(mouth.bottomInner, [0.35, 0, -0.35]),
    ...eyes.map((eye) => on(eye.irisX, eye.irisY)),
  ]
}

/** Returns the points in the order outer corner, upper lid, inner corner, lower lid. */
function eyePoints(eye: Eye): [number, number][] {
  const upper = [1, 0.36, -0.36, -1].map((s): [number, number] => [eye.x(s), eye.upper(s)])
  return [...upper, ...[-0.36, 0.36].map((s): [number, number] => [eye.x(s), eye.lower(s)])]
}

/** Reorders the points for the other eye: it begins at the inner corner and goes round in the same direction in the picture. */
function flipped([outer, far, near, inner, low, lowFar]: [number, number][]): [number, number][] {
  return [inner!, near!, far!, outer!, lowFar!, low!]
}

/** Heights of the jaw points from the ear (first) to the chin, as fractions of the distance. */
const JAW_HEIGHTS = [-0.02, 0.155, 0.31, 0.457, 0.605, 0.74, 0.845, 0.94, 0.99]

function jaw(features: Features, head: HeadShape, outlineX: (point: Point3) => number): Point3[] {
  const chin = features.chin - 2
  const side = (sign: -1 | 1): Point3[] =>
    JAW_HEIGHTS.slice(0, 8).map((share, i) => {
      const y = lerp(-1, chin, share)
      const [from, to] = [lerp(62, 34, i / 7), lerp(92, 64, i / 7)]
      let best: Point3 | null = null
      for (let azimuth = from; azimuth <= to; azimuth += 1) {
        const { x, z } = head.at(y, sign * azimuth)
        const point: Point3 = [x, y, z]
        if (!best || sign * outlineX(point) > sign * outlineX(best)) best = point
      }
      return best!
    })
  return [...side(-1), [0, chin, head.frontZ(0, chin)], ...side(1).reverse()]
}
