/** What `evaluation.json` holds, worked out from what was read in the pictures. Field names and units: docs/evaluate.md. */
import { estimatePose } from '../faces/face-pose.ts'
import { planDerangement } from './derangement.ts'
import { FACE_PARTS, partError, type FacePart } from './landmark-error.ts'
import { matchFaces } from './match-faces.ts'
import { measureOf, type Measure, type Reading } from './measures/index.ts'
import { POSE_GROUPS, poseGroup, type PoseGroup } from './pose-group.ts'
import { TONE_GROUPS, toneGroup, type ToneGroup } from './skin-tone.ts'
import { meanOf, summarise, type MeasuredError, type Statistics } from './statistics.ts'

export interface GroupStatistics<Group extends string> extends Pick<
  Statistics,
  'mean' | 'low' | 'high' | 'detected'
> {
  readonly group: Group
  /** How many faces the group has. */
  readonly count: number
}

/** One point of the curve over steps. */
export interface StepStatistics extends Pick<Statistics, 'mean' | 'detected' | 'penalised'> {
  readonly step: number
}

export interface Evaluation {
  readonly v: 1
  /** Id of the run. */
  readonly run: string
  /** Optimiser step of the model that was evaluated. */
  readonly step: number
  /** Held-out conditions, one picture each. */
  readonly count: number
  readonly measure: Measure['name'] | 'none'
  /** How the pictures were drawn and read. */
  readonly drawn: DrawnAs
  readonly model: Statistics | null
  readonly floor: Statistics | null
  /** Null also where there is one condition only. */
  readonly chance: Statistics | null
  readonly baseline: Statistics | null
  /** Means of the model's landmark errors; null where nothing was found. */
  readonly parts: Readonly<Record<FacePart, number | null>> | null
  readonly poses: readonly GroupStatistics<PoseGroup>[]
  readonly tones: readonly GroupStatistics<ToneGroup>[]
  readonly steps: readonly StepStatistics[]
  /** Step with the best figure of all that were evaluated; null without a measure. */
  readonly best: number | null
}

interface DrawnAs {
  /** Of the first picture; the others follow. */
  readonly seed: number
  readonly num_inference_steps: number
  readonly guidance_scale: number
  readonly device: string
  readonly precision: string
  /** What found the landmarks again; null where none were looked for. */
  readonly annotator: unknown
  /** Why fewer conditions were taken than are held out and configured; null: they were not. */
  readonly shrunk: string | null
}

/** A held-out condition, and what is known of the original picture. */
export interface EvaluatedCase {
  readonly truth: Reading
  /** Degrees of the individual typology angle of the first face; null where it can't be told. */
  readonly tone: number | null
}

/** What was read in the pictures, in the order of the cases. */
interface ReadPictures {
  readonly model: readonly Reading[]
  readonly floor: readonly Reading[]
  readonly baseline: readonly Reading[]
}

interface Evaluated extends Pick<Evaluation, 'run' | 'step' | 'measure' | 'drawn'> {
  readonly cases: readonly EvaluatedCase[]
  readonly pictures: ReadPictures
  /** Other steps of the training than the model's. */
  readonly steps: readonly StepStatistics[]
}

export function makeEvaluation({ cases, pictures, steps, ...facts }: Evaluated): Evaluation {
  const { run, step, measure: name, drawn } = facts
  const head = { v: 1, run, step, count: cases.length, measure: name, drawn } as const
  const measure = measureOf(name)
  if (measure === null) return { ...head, ...NOT_MEASURED }
  const of = (readings: readonly Reading[]) =>
    summarise(compareAll(measure, cases, readings).flat(), sumUp(measure, drawn.seed))
  const model = of(pictures.model)
  const places = planDerangement(cases.length, drawn.seed)
  const curve = [...steps.filter((one) => one.step !== step), stepStatistics(step, model)].sort(
    (a, b) => a.step - b.step,
  )
  return {
    ...head,
    model,
    floor: of(pictures.floor),
    chance: places === null ? null : of(places.map((place) => pictures.model[place]!)),
    baseline: of(pictures.baseline),
    ...(measure.reads === 'faces'
      ? lookCloser(measure, { cases, pictures, seed: drawn.seed })
      : WITHOUT_FACES),
    steps: curve,
    best: findBest(measure, curve),
  }
}

const WITHOUT_FACES = { parts: null, poses: [], tones: [] } as const
const NOT_MEASURED = {
  ...WITHOUT_FACES,
  ...{ model: null, floor: null, chance: null, baseline: null, steps: [], best: null },
} as const

const sumUp = ({ reads }: Measure, seed: number) => ({ seed, ofLandmarks: reads === 'faces' })

/** One list of errors for each case. */
function compareAll(
  measure: Measure,
  cases: readonly EvaluatedCase[],
  readings: readonly Reading[],
): (readonly MeasuredError[])[] {
  return cases.map(({ truth }, index) => measure.compare(truth, readings[index]!))
}

/** What the curve over steps needs of the pictures of one step. */
export function evaluateStep(
  name: Measure['name'],
  {
    step,
    seed,
    cases,
    readings,
  }: { step: number; seed: number; cases: readonly EvaluatedCase[]; readings: readonly Reading[] },
): StepStatistics {
  const measure = measureOf(name)!
  return stepStatistics(step, summarise(compareAll(measure, cases, readings).flat(), sumUp(measure, seed)))
}

function stepStatistics(step: number, { mean, detected, penalised }: Statistics): StepStatistics {
  return { step, mean, detected, penalised }
}

/** By the figure that failing does not improve. Of equals the earliest. Null where no step has a figure. */
function findBest({ better }: Measure, steps: readonly StepStatistics[]): number | null {
  const sign = better === 'lower' ? 1 : -1
  const known = steps.flatMap(({ step, mean, detected, penalised }) => {
    const value = penalised ?? mean
    return value === null || detected === 0 ? [] : [{ step, cost: sign * value }]
  })
  return known.sort((a, b) => a.cost - b.cost || a.step - b.step)[0]?.step ?? null
}

interface Closer {
  readonly cases: readonly EvaluatedCase[]
  readonly pictures: ReadPictures
  readonly seed: number
}

/** Parts over all faces; poses and tones by the first face of each case. */
function lookCloser(
  measure: Measure,
  { cases, pictures: { model }, seed }: Closer,
): Pick<Evaluation, 'parts' | 'poses' | 'tones'> {
  const matched = cases.flatMap(({ truth }, index) => {
    const matches = matchFaces(truth.faces, model[index]!.faces)
    return truth.faces.flatMap((face, at) => (matches[at] ? [{ truth: face, found: matches[at] }] : []))
  })
  const parts = FACE_PARTS.map((part) => {
    const errors = matched.map(({ truth, found }) => partError(truth, found, part))
    return [part, meanOf(errors)] as const
  })
  const first = compareAll(measure, cases, model).map((errors) => errors[0] ?? null)
  const group = <Group extends string>(
    groups: readonly Group[],
    groupOf: (one: EvaluatedCase) => Group | null,
  ) =>
    groups.map((name): GroupStatistics<Group> => {
      const errors = first.filter((_, index) => groupOf(cases[index]!) === name)
      const { mean, low, high, detected } = summarise(errors, sumUp(measure, seed))
      return { group: name, count: errors.length, mean, low, high, detected }
    })
  return {
    parts: Object.fromEntries(parts) as Evaluation['parts'],
    poses: group(POSE_GROUPS, ({ truth }) => poseOf(truth)),
    tones: group(TONE_GROUPS, ({ tone }) => (tone === null ? null : toneGroup(tone))),
  }
}

function poseOf({ faces }: Reading): PoseGroup | null {
  const pose = faces[0] === undefined ? null : estimatePose(faces[0])
  return pose === null ? null : poseGroup(pose)
}
