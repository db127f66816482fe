/** Small functions of one or two numbers that shapes and materials are made of. */
import { mix } from './seeded-random.ts'

/** A smooth curve through the knots (sorted by x), constant beyond them. */
export function curve(knots: readonly (readonly [x: number, y: number])[]): (x: number) => number {
  const xs = knots.map((knot) => knot[0])
  const ys = knots.map((knot) => knot[1])
  const slopes = xs.map((_, i) => slopeAt(xs, ys, i))
  return (x) => {
    if (x <= xs[0]!) return ys[0]!
    let i = 1
    while (i < xs.length && x > xs[i]!) i++
    if (i === xs.length) return ys[i - 1]!
    const width = xs[i]! - xs[i - 1]!
    const t = (x - xs[i - 1]!) / width
    const rest = 1 - t
    return (
      ys[i - 1]! * rest * rest * (1 + 2 * t) +
      ys[i]! * t * t * (1 + 2 * rest) +
      width * t * rest * (slopes[i - 1]! * rest - slopes[i]! * t)
    )
  }
}

function slopeAt(xs: readonly number[], ys: readonly number[], i: number): number {
  const before = Math.max(0, i - 1)
  const after = Math.min(xs.length - 1, i + 1)
  return (ys[after]! - ys[before]!) / (xs[after]! - xs[before]!)
}

export function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x
}

/** 0 below `from`, 1 above `to`, smooth between. With `from` above `to`, the other way round. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp01((x - from) / (to - from))
  return t * t * (3 - 2 * t)
}

export function lerp(from: number, to: number, t: number): number {
  return from + (to - from) * t
}

/** A bell of height 1 around 0. */
export function bell(x: number, width: number): number {
  const t = x / width
  return t > 4 || t < -4 ? 0 : Math.exp(-t * t)
}

/** A hill of height 1 around (0, 0). */
export function bell2(x: number, y: number, width: number, height: number): number {
  const s = x / width
  const t = y / height
  const far = s * s + t * t
  return far > 16 ? 0 : Math.exp(-far)
}

/** The salt of no noise at all; it stays so whatever is added to it. */
export const SMOOTH = -Infinity

/** Smooth noise between -1 and 1 with details of about size 1; 0 everywhere for the salt `SMOOTH`. */
export function noise(x: number, y: number, salt: number): number {
  if (salt === SMOOTH) return 0
  const left = Math.floor(x)
  const top = Math.floor(y)
  const u = fade(x - left)
  const v = fade(y - top)
  const upper = lerp(dot(left, top, salt), dot(left + 1, top, salt), u)
  const lower = lerp(dot(left, top + 1, salt), dot(left + 1, top + 1, salt), u)
  return lerp(upper, lower, v)
}

/** Noise with three octaves of detail. */
export function roughNoise(x: number, y: number, salt: number): number {
  if (salt === SMOOTH) return 0
  return (
    (noise(x, y, salt) + 0.5 * noise(2 * x, 2 * y, salt + 1) + 0.25 * noise(4 * x, 4 * y, salt + 2)) / 1.75
  )
}

function fade(t: number): number {
  return t * t * (3 - 2 * t)
}

function dot(x: number, y: number, salt: number): number {
  return mix(Math.imul(x, 0x1f123bb5) ^ Math.imul(y, 0x5f356495) ^ Math.imul(salt, 0x2545f491)) / 2147483648
}
