/**
 * Positions of the features of one face as seen from the front: millimetres, x to the image's right, y down, the line through
 * the eyes at y = 0. Landmarks, relief and colours all use these curves, so they agree.
 */
import { bell, clamp01, curve, lerp } from './curve.ts'
import type { Traits } from './traits.ts'

export interface Eye {
  /** -1 for the eye at the image's left, 1 for the one at its right. */
  readonly side: -1 | 1
  readonly centreX: number
  readonly halfWidth: number
  readonly irisX: number
  readonly irisY: number
  readonly irisRadius: number
  /** y of the lids at s: -1 is the inner corner, 1 the outer one. */
  upper(s: number): number
  lower(s: number): number
  /** Conversions between s and x. */
  x(s: number): number
  s(x: number): number
}

export interface Features {
  readonly eyes: readonly [Eye, Eye]
  readonly brow: {
    readonly inner: number
    readonly outer: number
    y(along: number): number
    thickness(along: number): number
  }
  readonly nose: {
    readonly length: number
    readonly width: number
    readonly height: number
    readonly tip: number
    readonly base: number
  }
  readonly mouth: {
    readonly halfWidth: number
    readonly innerHalfWidth: number
    readonly drop: number
    /** y of the four lip edges at t: -1 is one corner, 1 the other. For inner edges t covers the inner width. */
    topOuter(t: number): number
    topInner(t: number): number
    bottomInner(t: number): number
    bottomOuter(t: number): number
  }
  /** How far the jaw is lowered at height y because the mouth is open. */
  jawDrop(y: number): number
  readonly chin: number
}

export function placeFeatures({ face, expression }: Traits): Features {
  const drop = 0.75 * expression.mouthOpen
  return {
    eyes: [placeEye(-1, face, expression), placeEye(1, face, expression)],
    brow: placeBrow(face, expression),
    nose: {
      length: face.noseLength,
      width: face.noseWidth * (1 + 0.08 * Math.max(0, expression.smile)),
      height: face.noseHeight,
      tip: 39 * face.noseLength,
      base: 49 * face.noseLength,
    },
    mouth: placeMouth(face, expression),
    jawDrop: (y) => drop * clamp01((y - 72) / 20),
    chin: 117 + face.chin + drop,
  }
}

function placeEye(side: -1 | 1, face: Traits['face'], expression: Traits['expression']): Eye {
  const centreX = side * 31.6 * face.eyeSpacing
  const halfWidth = 14 * face.eyeSize
  const open = expression.eyesOpen
  const squint = 1.1 * Math.max(0, expression.smile)
  const corners = (s: number): number => lerp(1.6, -0.4 - face.eyeTilt, (s + 1) / 2)
  const lower = (s: number): number => corners(s) + (4.4 * face.eyeSize - squint) * arch(s, 0.15)
  const opened = (s: number): number =>
    corners(s) - 6.0 * face.eyeSize * Math.min(open, 1.15) * arch(s, -0.12)
  const upper = (s: number): number => (open < 0.2 ? lower(s) - 0.5 * arch(s, 0) : opened(s))
  const x = (s: number): number => centreX + side * s * halfWidth
  return {
    side,
    centreX,
    halfWidth,
    irisX: centreX + expression.gazeX,
    irisY: -0.6 + expression.gazeY,
    irisRadius: 6.1,
    upper,
    lower,
    x,
    s: (at) => (side * (at - centreX)) / halfWidth,
  }
}

/** Returns 0 at both corners and 1 near the middle; `skew` moves the maximum. */
function arch(s: number, skew: number): number {
  const t = s - skew * (1 - s * s)
  return Math.pow(clamp01(1 - t * t), 0.8)
}

function placeBrow(face: Traits['face'], expression: Traits['expression']): Features['brow'] {
  const base = -19.5 + face.browHeight - expression.browRaise
  const shape = curve([
    [0, 0],
    [0.3, -2.4],
    [0.65, -5 * face.browArch - 0.8],
    [1, 0.5 - 1.5 * face.browArch],
  ])
  return {
    inner: 14.5,
    outer: 56,
    y: (along) => base + shape(along),
    thickness: (along) =>
      face.browThickness * 6.4 * (0.55 + 0.45 * bell(along - 0.3, 0.4)) * (1 - 0.75 * along * along * along),
  }
}

function placeMouth(face: Traits['face'], { mouthOpen, smile }: Traits['expression']): Features['mouth'] {
  const halfWidth = 25.5 * face.mouthWidth * (1 + 0.16 * Math.max(0, smile) - 0.006 * mouthOpen)
  const centre = 72.5 + face.mouthHeight
  const line = (t: number): number => centre - 5.5 * (smile + 0.1) * (t * t - 0.35) + 0.35 * mouthOpen * t * t
  const full = (t: number): number => Math.pow(clamp01(1 - t * t), 0.75)
  const cupid = (t: number): number => 1 + 0.14 * bell(Math.abs(t) - 0.22, 0.16) - 0.1 * bell(t, 0.1)
  const thin = 1 - 0.18 * Math.max(0, smile)
  const topInner = (t: number): number =>
    line(t) - 0.22 * mouthOpen * full(t) + 0.9 * bell(t, 0.25) * (mouthOpen > 0 ? 0.4 : 1)
  const bottomInner = (t: number): number => topInner(t) + (mouthOpen > 0 ? mouthOpen * full(t) : 0)
  return {
    halfWidth,
    innerHalfWidth: halfWidth * 0.9,
    drop: mouthOpen,
    topInner,
    bottomInner,
    topOuter: (t) => topInner(t / 0.9) - 7.4 * face.upperLip * thin * full(t) * cupid(t),
    bottomOuter: (t) =>
      bottomInner(t / 0.9) + 9.2 * face.lowerLip * thin * Math.pow(clamp01(1 - t * t), 0.65),
  }
}
