import { describe, expect, it } from 'vitest'
import { describeEvaluation } from '../../../src/evaluation/describe-evaluation.ts'
import {
  evaluateStep,
  makeEvaluation,
  type EvaluatedCase,
} from '../../../src/evaluation/evaluation-document.ts'
import { interOcular } from '../../../src/evaluation/landmark-error.ts'
import type { Reading } from '../../../src/evaluation/measures/index.ts'
import type { Point } from '../../../src/faces/face.ts'
import { turner } from '../../../src/faces/turn.ts'
import { MEAN_FACE } from '../../../src/faces/mean-face.ts'

/** Seen from the front, or turned aside by so many degrees. */
function face(yaw: number, at: number): Point[] {
  const { direction } = turner({ yaw, pitch: 0, roll: 0, pivot: [0, 0, 0] })
  return MEAN_FACE.map((point): Point => {
    const [x, y] = direction(point)
    return [100 + at + x * 50, 100 + y * 50]
  })
}

const drawn = {
  seed: 1,
  num_inference_steps: 20,
  guidance_scale: 7.5,
  device: 'cpu',
  precision: 'fp32',
  annotator: null,
  shrunk: null,
}
const read = (...faces: Point[][]): Reading => ({ faces, condition: null })
/** Moved aside by a share of the inter-ocular distance: that is the error. */
const off = (points: Point[], share: number): Point[] =>
  points.map(([x, y]) => [x + share * interOcular(points), y])

const FACES = [face(0, 0), face(0, 40), face(30, 80), face(60, 120)]
const cases: EvaluatedCase[] = FACES.map((points, index) => ({
  truth: read(points),
  tone: [60, 60, -40, null][index]!,
}))
const pictures = {
  model: [read(off(FACES[0]!, 0.02)), read(off(FACES[1]!, 0.04)), read(off(FACES[2]!, 0.06)), read()],
  floor: FACES.map((points) => read(off(points, 0.01))),
  baseline: [read(), read(), read(off(FACES[2]!, 0.5)), read()],
}
const base = { run: 'r', step: 40, measure: 'nme', drawn, cases, pictures } as const

describe('makeEvaluation', () => {
  const found = makeEvaluation({ ...base, steps: [{ step: 20, mean: 0.2, detected: 0.5, penalised: 0.25 }] })

  it('tells model, floor and baseline', () => {
    expect(found).toMatchObject({ v: 1, run: 'r', step: 40, count: 4, measure: 'nme' })
    expect(found.model!.mean).toBeCloseTo(0.04, 9)
    expect(found.model!.detected).toBe(0.75)
    expect(found.model!.penalised).toBeCloseTo((0.02 + 0.04 + 0.06 + 0.3) / 4, 9)
    expect(found.floor!.mean).toBeCloseTo(0.01, 9)
    expect(found.baseline).toMatchObject({ detected: 0.25 })
    expect(found.baseline!.mean).toBeCloseTo(0.5, 9)
  })

  it('chance takes the same pictures for other conditions', () => {
    expect(found.chance!.mean).toBeGreaterThan(0.2)
    expect(found.chance!.detected).toBe(0.75)
  })

  it('tells poses and tones with their numbers, empty ones too', () => {
    expect(found.poses.map(({ group, count, detected }) => [group, count, detected])).toEqual([
      ['ahead', 2, 1],
      ['turned', 1, 1],
      ['far turned', 1, 0],
    ])
    expect(found.tones.map(({ group, count }) => [group, count])).toEqual([
      ['very light', 2],
      ['light', 0],
      ['intermediate', 0],
      ['tan', 0],
      ['brown', 0],
      ['dark', 1],
    ])
    expect(found.tones[0]!.mean).toBeCloseTo(0.03, 9)
    expect(found.tones[1]!.mean).toBeNull()
    expect(found.tones[5]!.mean).toBeCloseTo(0.06, 9)
  })

  it('adds the model to the steps and names the best', () => {
    expect(found.steps.map(({ step }) => step)).toEqual([20, 40])
    expect(found.best).toBe(40)
    const better = { step: 20, mean: 0.01, detected: 1, penalised: 0.01 }
    expect(makeEvaluation({ ...base, steps: [better] }).best).toBe(20)
    // A step that finds few faces, and those well, is not the best.
    const few = { step: 20, mean: 0.01, detected: 0.25, penalised: 0.23 }
    expect(makeEvaluation({ ...base, steps: [few] }).best).toBe(40)
  })

  it('is the same each time', () =>
    expect(JSON.stringify(makeEvaluation({ ...base, steps: [] }))).toBe(
      JSON.stringify(makeEvaluation({ ...base, steps: [] })),
    ))

  it('a step is summed up as the model is', () => {
    const { mean, detected, penalised } = found.model!
    expect(evaluateStep('nme', { step: 40, seed: 1, cases, readings: pictures.model })).toEqual({
      step: 40,
      mean,
      detected,
      penalised,
    })
  })
})

const one = <T>(values: readonly T[]): T[] => [values[0]!]

describe('describeEvaluation', () => {
  const empty = { model: [], floor: [], baseline: [] }
  const nothing = FACES.map(() => read())
  it.each([
    [
      'found',
      makeEvaluation({ ...base, steps: [] }),
      /^landmark error 4\.0 % ± \d\.\d \(floor 1\.0, baseline 50\.0, chance \d+\.\d\) {3}4 faces, 3 found$/,
    ],
    [
      'a better step',
      makeEvaluation({ ...base, steps: [{ step: 20, mean: 0.01, detected: 1, penalised: 0.01 }] }),
      /4 faces, 3 found; step 20 was better$/,
    ],
    [
      'no face',
      makeEvaluation({ ...base, pictures: { model: nothing, floor: nothing, baseline: nothing }, steps: [] }),
      /^no face was found in any of 4 pictures, so there is no landmark error to tell \(floor: no face found, baseline: no face found\)$/,
    ],
    [
      'one condition',
      makeEvaluation({
        ...base,
        cases: one(cases),
        pictures: {
          model: one(pictures.model),
          floor: one(pictures.floor),
          baseline: one(pictures.baseline),
        },
        steps: [],
      }),
      /^landmark error 2\.0 % \(floor 1\.0, baseline: no face found\) {3}1 face, 1 found; a single one says little$/,
    ],
    [
      'no measure',
      makeEvaluation({ ...base, measure: 'none', pictures: empty, steps: [] }),
      /^4 pictures drawn; nothing measures how closely such a model follows its condition$/,
    ],
  ])('%s', (_, evaluation, expected) => expect(describeEvaluation(evaluation)).toMatch(expected))
})
