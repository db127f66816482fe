import { describe, expect, test, vi } from 'vitest'
import type { Point } from '../../../src/faces/face.ts'
import { generateFace, type GeneratedFace } from '../../../src/generated-faces/generated-face.ts'
import { planTraits } from '../../../src/generated-faces/traits.ts'

vi.setConfig({ testTimeout: 60_000 })
const SIZE = 512
const KNOWN = Array.from({ length: 18 }, (_, i) => i)
const [EYES, LIPS, MOUTH, NOSE, GLASSES] = [[3, 4], [10, 11], [9, 10, 11], [2], 16]
const faces = Array.from({ length: 6 }, (_, i) => generateFace(7, i))

test('the same seed and index give the same face, others another', () => {
  const again = generateFace(7, 0)
  expect(Buffer.compare(again.rgb, faces[0]!.rgb)).toBe(0)
  expect(Buffer.compare(again.segmentation, faces[0]!.segmentation)).toBe(0)
  expect(again.landmarks).toEqual(faces[0]!.landmarks)
  expect(generateFace(8, 0).landmarks).not.toEqual(again.landmarks)
  expect(faces[1]!.landmarks).not.toEqual(again.landmarks)
})

describe.each(faces.map((face, i) => [i, face] as const))('face %i', (_, face) => {
  test('has a picture, classes of FaceSynthetics only, and 70 points inside', () => {
    expect(face.rgb.length).toBe(SIZE * SIZE * 3)
    expect(face.segmentation.length).toBe(SIZE * SIZE)
    expect([...new Set(face.segmentation)].filter((label) => !KNOWN.includes(label))).toEqual([])
    for (const label of [0, 1, 2, 10, 11, 12, 15])
      expect(face.segmentation, `class ${label}`).toContain(label)
    expect(face.landmarks).toHaveLength(70)
    for (const [x, y] of face.landmarks) {
      expect(x).toSatisfy((v: number) => v > 0 && v < SIZE - 1)
      expect(y).toSatisfy((v: number) => v > 0 && v < SIZE - 1)
    }
  })

  test('lip landmarks lie on the edges of the lips', () => {
    for (const k of range(48, 59)) expect(distanceTo(face, k, LIPS), `point ${k}`).toBeLessThan(3)
    for (const k of range(60, 67)) expect(distanceTo(face, k, MOUTH), `point ${k}`).toBeLessThan(3)
    for (const k of range(49, 53)) expect(distanceTo(face, k, [1, 2, 14]), `point ${k}`).toBeLessThan(3)
  })

  test('nose landmarks lie on the nose', () => {
    for (const k of range(27, 35))
      expect(distanceTo(face, k, [...NOSE, GLASSES]), `point ${k}`).toBeLessThan(4)
  })

  test("the order is iBUG's: right to left of the person, top to bottom", () => {
    const { landmarks } = face
    const x = (k: number): number => landmarks[k]![0]
    const y = (k: number): number => landmarks[k]![1]
    expect(x(0)).toBeLessThan(x(8))
    expect(x(8)).toBeLessThan(x(16))
    expect(x(36)).toBeLessThan(x(39))
    expect(x(39)).toBeLessThan(x(42))
    expect(x(42)).toBeLessThan(x(45))
    expect(x(48)).toBeLessThan(x(54))
    expect(y(27)).toBeLessThan(y(30))
    expect(y(51)).toBeLessThan(y(57))
    expect(y(57)).toBeLessThan(y(8))
  })
})

// The farther eye of a turned head may hide behind the nose, and glasses may lie over a lid.
const plain = faces.flatMap((face, i) => {
  const { pose, glasses } = planTraits(7, i)
  return Math.abs(pose.yaw) > 22 || glasses ? [] : [[i, face] as const]
})

test('there are faces whose eyes can be checked', () => expect(plain.length).toBeGreaterThanOrEqual(3))

test.each(plain)('face %i: eye landmarks lie on the edges of the eyes, pupils in them', (_, face) => {
  for (const k of range(36, 47)) {
    expect(distanceTo(face, k, EYES), `point ${k}`).toBeLessThan(3)
    expect(distanceTo(face, k, [1, 2]), `point ${k}`).toBeLessThan(3)
  }
  for (const k of [68, 69]) expect(distanceTo(face, k, EYES), `point ${k}`).toBeLessThan(3)
})

test('eyes shut in the plan are shut in the picture', () => {
  const index = range(0, 99).find((i) => planTraits(7, i).expression.eyesOpen === 0)!
  const shut = generateFace(7, index)
  const gap = Math.hypot(...minus(shut.landmarks[37]!, shut.landmarks[41]!))
  expect(gap).toBeLessThan(0.12 * Math.hypot(...minus(shut.landmarks[36]!, shut.landmarks[39]!)))
})

describe.each([0, 1, 2, 3, 5])('plain face %i at 128 pixels', (index) => {
  const face = generateFace(7, index, { size: 128, kind: 'plain' })

  test('is of the size that was asked for, with what it shows where its landmarks are', () => {
    expect([face.rgb.length, face.segmentation.length]).toEqual([128 * 128 * 3, 128 * 128])
    for (const k of range(48, 67)) expect(distanceTo(face, k, MOUTH), `point ${k}`).toBeLessThan(1.5)
    for (const k of range(27, 35)) expect(distanceTo(face, k, NOSE), `point ${k}`).toBeLessThan(2)
    for (const [x, y] of face.landmarks) {
      expect(Math.min(x, y)).toBeGreaterThan(0)
      expect(Math.max(x, y)).toBeLessThan(127)
    }
  })

  test('fills much of the picture', () => {
    const xs = face.landmarks.map(([x]) => x)
    expect(Math.max(...xs) - Math.min(...xs)).toBeGreaterThan(48)
  })

  test('has a smooth background, and no pixel that differs from its neighbours without a reason', () => {
    const corner = [0, 1, 2, 3].map((x) => face.rgb[3 * x]!)
    expect(Math.max(...corner) - Math.min(...corner)).toBeLessThanOrEqual(2)
  })
})

test('a smaller picture is the same face: its landmarks lie at the same shares of the side', () => {
  const small = generateFace(7, 0, { size: 128, kind: 'varied' })
  const scaled = faces[0]!.landmarks.map(([x, y]) => [(x + 0.5) / 4 - 0.5, (y + 0.5) / 4 - 0.5])
  for (const [k, [x, y]] of small.landmarks.entries()) {
    expect(x).toBeCloseTo(scaled[k]![0]!, 9)
    expect(y).toBeCloseTo(scaled[k]![1]!, 9)
  }
  expect(meanDifference(small.rgb, shrink(faces[0]!.rgb))).toBeLessThan(5)
  expect(small.caption).toBe(faces[0]!.caption)
})

test('the usual face is the varied one of 512 pixels', () => {
  const named = generateFace(7, 0, { size: 512, kind: 'varied' })
  expect(Buffer.compare(named.rgb, faces[0]!.rgb)).toBe(0)
})

test('people, poses and light vary, within bounds', () => {
  const traits = range(0, 399).map((i) => planTraits(3, i))
  for (const angle of ['yaw', 'pitch', 'roll'] as const) {
    const angles = traits.map((t) => t.pose[angle])
    expect(Math.max(...angles.map(Math.abs))).toBeLessThanOrEqual(30)
    expect(Math.max(...angles)).toBeGreaterThan(10)
    expect(Math.min(...angles)).toBeLessThan(-10)
  }
  expect(new Set(traits.map((t) => t.hair.style)).size).toBe(6)
  expect(new Set(traits.map((t) => t.beard.kind)).size).toBe(4)
  expect(new Set(traits.map((t) => t.skin.colour[0].toFixed(2))).size).toBeGreaterThan(40)
  const share = (holds: (t: (typeof traits)[number]) => boolean): number =>
    traits.filter(holds).length / traits.length
  expect(share((t) => t.glasses !== null)).toBeGreaterThan(0.1)
  expect(share((t) => t.expression.mouthOpen > 0)).toBeGreaterThan(0.2)
  expect(share((t) => t.expression.eyesOpen === 0)).toBeGreaterThan(0.02)
  expect(share((t) => t.light.azimuth > 25)).toBeGreaterThan(0.1)
  expect(share((t) => t.light.azimuth < -25)).toBeGreaterThan(0.1)
})

/** A quarter of the side: each pixel the mean of sixteen. */
function shrink(rgb: Uint8Array): number[] {
  return Array.from({ length: 128 * 128 * 3 }, (_, i) => {
    const [k, x, y] = [i % 3, Math.floor(i / 3) % 128, Math.floor(i / 384)]
    const cells = range(0, 15).map((n) => rgb[3 * ((4 * y + (n >> 2)) * SIZE + 4 * x + (n & 3)) + k]!)
    return cells.reduce((sum, cell) => sum + cell, 0) / 16
  })
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

/** Pixels from landmark k to the nearest pixel of one of the classes; Infinity when it is farther than 8. */
function distanceTo(
  { landmarks, segmentation }: GeneratedFace,
  k: number,
  classes: readonly number[],
): number {
  const [x, y] = landmarks[k]!
  const size = Math.sqrt(segmentation.length)
  let nearest = Infinity
  for (let py = Math.max(0, Math.floor(y - 8)); py <= Math.min(size - 1, y + 8); py++) {
    for (let px = Math.max(0, Math.floor(x - 8)); px <= Math.min(size - 1, x + 8); px++) {
      if (classes.includes(segmentation[py * size + px]!))
        nearest = Math.min(nearest, Math.hypot(px - x, py - y))
    }
  }
  return nearest
}

function minus(a: Point, b: Point): [number, number] {
  return [a[0] - b[0], a[1] - b[1]]
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
