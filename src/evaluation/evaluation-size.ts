/** How many conditions an evaluation takes, so that it stays a small part of the training. */

export interface SizeRequest {
  /** Conditions that are held out. */
  readonly available: number
  /** `evaluate.count` */
  readonly wanted: number
  /** Earlier steps that can be evaluated, besides the model. */
  readonly earlierSteps: number
  /** What drawing a picture and reading it takes. */
  readonly secondsEach: number
  readonly trainingSeconds: number
}

export interface EvaluationSize {
  readonly count: number
  /** Earlier steps to evaluate. */
  readonly earlierSteps: number
}

/** Finding the landmarks of a picture, about. */
export const READING_SECONDS = 0.15

/** At least this many where they are held out: fewer say too little. */
const FEWEST_CONDITIONS = 8
const SHARE_OF_TRAINING = 0.1
const LEAST_SECONDS = 60

/**
 * Takes at most a tenth of the training or one minute, whichever is longer: first fewer conditions, down to eight, then fewer steps.
 * The model and the baseline are always drawn; the floor takes next to nothing.
 */
export function planEvaluationSize({
  available,
  wanted,
  earlierSteps,
  secondsEach,
  trainingSeconds,
}: SizeRequest): EvaluationSize {
  const budget = Math.max(LEAST_SECONDS, SHARE_OF_TRAINING * trainingSeconds)
  const pictures = budget / Math.max(secondsEach, 1e-6)
  const most = Math.min(wanted, available)
  const count = Math.min(
    most,
    Math.max(FEWEST_CONDITIONS, Math.floor(pictures / (MODEL_AND_BASELINE + earlierSteps))),
  )
  const room = Math.floor(pictures / count) - MODEL_AND_BASELINE
  return { count, earlierSteps: Math.min(earlierSteps, Math.max(0, room)) }
}

const MODEL_AND_BASELINE = 2

/** So many of the steps, evenly over the training, the last one among them. */
export function thinSteps(steps: readonly number[], count: number): readonly number[] {
  if (count >= steps.length) return steps
  return Array.from(
    { length: count },
    (_, index) => steps[Math.ceil(((index + 1) * steps.length) / count) - 1]!,
  )
}
