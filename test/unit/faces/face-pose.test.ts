import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { estimatePose } from '../../../src/faces/face-pose.ts'
import {
  describeFace,
  measureEyes,
  measureMouthGap,
  NO_ATTRIBUTES,
} from '../../../src/faces/face-attributes.ts'
import type { Point } from '../../../src/faces/face.ts'
import { MEAN_FACE } from '../../../src/faces/mean-face.ts'
import { mirrorLandmarks } from '../../../src/faces/mirror.ts'
import { planTraits, type Traits } from '../../../src/generated-faces/traits.ts'
import { readGoldenFace } from './golden-face.ts'
import { projectFace, shapeLandmarks } from './projected-face.ts'

type Change = Partial<{ [Key in 'pose' | 'expression']: Partial<Traits[Key]> }>

function makeTraits(index: number, { pose, expression }: Change = {}): Traits {
  const traits = planTraits(7, index)
  return {
    ...traits,
    pose: { ...traits.pose, ...pose },
    expression: { ...traits.expression, ...expression },
  }
}
const FRONT = { yaw: 0, pitch: 0, roll: 0 }

test('the mean face is that of the generator', () => {
  const count = 100
  const sums = MEAN_FACE.map(() => [0, 0, 0])
  for (let index = 0; index < count; index++) {
    const still = { mouthOpen: 0, smile: 0.1, eyesOpen: 1, browRaise: 0 }
    shapeLandmarks(makeTraits(index, { expression: still })).forEach((point, landmark) =>
      point.forEach((value, axis) => (sums[landmark]![axis]! += value / count)),
    )
  }
  sums.forEach((sum, landmark) =>
    sum.forEach((value, axis) => expect(Math.abs(value - MEAN_FACE[landmark]![axis]!)).toBeLessThan(2.5)),
  )
})

describe('estimatePose', () => {
  test.each([
    [FRONT, 8],
    [{ ...FRONT, yaw: 30 }, 8],
    [{ ...FRONT, yaw: -60 }, 8],
    [{ ...FRONT, yaw: 80 }, 8],
    [{ ...FRONT, pitch: 40 }, 8],
    [{ ...FRONT, pitch: -50 }, 8],
    [{ ...FRONT, roll: 170 }, 8],
    [{ yaw: 35, pitch: -20, roll: 50 }, 8],
  ])('a head turned by %j is found within %i degrees', (pose, limit) => {
    for (const index of [1, 2, 3]) {
      const found = estimatePose(projectFace(makeTraits(index, { pose })))!
      expect(Math.abs(found[0] - pose.yaw)).toBeLessThan(limit)
      expect(Math.abs(found[1] - pose.pitch)).toBeLessThan(limit)
      expect(Math.abs(found[2] - pose.roll)).toBeLessThan(limit)
    }
  })

  test('over 200 people with all their expressions: mean error at most 3 degrees', () => {
    const errors = Array.from({ length: 200 }, (_, index) => {
      const traits = makeTraits(index)
      const pose = { ...traits.pose, yaw: 2 * traits.pose.yaw }
      const found = estimatePose(projectFace({ ...traits, pose }))!
      return [found[0] - pose.yaw, found[1] - pose.pitch, found[2] - pose.roll]
    })
    const mean = (axis: number) =>
      errors.reduce((sum, error) => sum + Math.abs(error[axis]!), 0) / errors.length
    expect([mean(0) < 3, mean(1) < 3, mean(2) < 1]).toEqual([true, true, true])
  })

  test('size and place change nothing, and the mirror image is turned the other way', () => {
    const face = projectFace(makeTraits(5))
    const pose = estimatePose(face)!
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.integer({ min: -1e4, max: 1e4 }),
        (scale, shift) => {
          const moved = face.map(([x, y]): Point => [x * scale + shift, y * scale - shift])
          estimatePose(moved)!.forEach((value, axis) => expect(value).toBeCloseTo(pose[axis]!, 1))
        },
      ),
      { numRuns: 30 },
    )
    const [yaw, pitch, roll] = estimatePose(mirrorLandmarks(face, 512))!
    expect(yaw).toBeCloseTo(-pose[0], 0)
    expect(pitch).toBeCloseTo(pose[1], 0)
    expect(roll).toBeCloseTo(-pose[2], 0)
  })

  test('a real face that looks into the camera', () => {
    const [yaw, pitch, roll] = estimatePose(readGoldenFace())!
    expect(Math.max(Math.abs(yaw), Math.abs(pitch), Math.abs(roll))).toBeLessThan(15)
  })

  test('points that tell nothing', () => {
    expect(estimatePose([])).toBeNull()
    expect(estimatePose(Array.from({ length: 68 }, (): Point => [3, 4]))).toBeNull()
    expect(describeFace([], null)).toEqual(NO_ATTRIBUTES)
  })
})

const describeTraits = (traits: Traits) => {
  const face = projectFace(traits)
  return describeFace(face, estimatePose(face))
}

describe('describeFace', () => {
  test.each<[Partial<Traits['pose']>, string]>([
    [{}, 'facing the camera'],
    [{ yaw: 30 }, 'head turned right'],
    [{ yaw: -30 }, 'head turned left'],
    [{ pitch: 28 }, 'looking up'],
    [{ pitch: -28 }, 'looking down'],
    [{ yaw: 35, pitch: -28 }, 'head turned right and looking down'],
    [{ roll: 40 }, 'facing the camera'],
  ])('turned by %j: %s', (pose, words) => {
    expect(describeTraits(makeTraits(4, { pose: { ...FRONT, ...pose } })).pose).toBe(words)
  })

  test.each<[Partial<Traits['expression']>, 'mouth' | 'eyes' | 'expression', string]>([
    [{ mouthOpen: 0 }, 'mouth', 'mouth closed'],
    [{ mouthOpen: 8 }, 'mouth', ''],
    [{ mouthOpen: 14 }, 'mouth', 'mouth open'],
    [{ eyesOpen: 0 }, 'eyes', 'eyes closed'],
    [{ eyesOpen: 1 }, 'eyes', 'eyes open'],
    [{ smile: 0, mouthOpen: 0 }, 'expression', 'serious'],
    [{ smile: 1, mouthOpen: 0 }, 'expression', 'smiling'],
  ])('%j: its %s is %j', (expression, cue, words) => {
    expect(describeTraits(makeTraits(4, { pose: FRONT, expression }))[cue]).toBe(words)
  })

  test('what is said of 400 people is hardly ever wrong', () => {
    const people = Array.from({ length: 400 }, (_, index) => {
      const traits = planTraits(7, index)
      return { ...traits.expression, ...describeTraits(traits) }
    })
    const share = (of: typeof people, words: string) =>
      of.filter((person) => person.expression === words).length / of.length
    const smiling = people.filter(({ smile }) => smile > 0.7)
    const serious = people.filter(({ smile }) => smile < 0.1)
    expect(share(smiling, 'smiling')).toBeGreaterThan(0.85)
    expect(share(smiling, 'serious')).toBeLessThan(0.03)
    expect(share(serious, 'smiling')).toBeLessThan(0.02)
    for (const { eyesOpen, eyes, mouthOpen, mouth } of people) {
      expect(eyes).toBe(eyesOpen === 0 ? 'eyes closed' : 'eyes open')
      if (mouthOpen === 0) expect(mouth).toBe('mouth closed')
      if (mouthOpen > 11) expect(mouth).toBe('mouth open')
    }
  })

  test('a real face: eyes open, and its mouth is measured in noses', () => {
    const face = readGoldenFace()
    expect(measureEyes(face)).toBeGreaterThan(0.2)
    expect(measureMouthGap(face)).toBeGreaterThanOrEqual(0)
    expect(describeFace(face, estimatePose(face))).toMatchObject({
      pose: 'facing the camera',
      eyes: 'eyes open',
    })
  })
})
