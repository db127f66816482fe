/** How long the evaluation after a training takes: the pictures that it draws, and reads. Pure. */
import { conditionOf } from '../../conditions/index.ts'
import { planEvaluationSize, READING_SECONDS } from '../../evaluation/evaluation-size.ts'
import type { PlanContext } from '../../types.ts'
import { estimateComputeTime, type Processor, type Range } from './step-time.ts'
import { countPictureOperations, type NetworkSizes } from './training-flops.ts'

interface Planned extends PlanContext {
  readonly model: NetworkSizes
}

interface Speed {
  readonly processor: Processor
  /** What a step of the training takes. */
  readonly stepSeconds: Range
}

/** Python starts, and loads the pipeline. */
const PIPELINE_S: Range = { low: 4, expected: 10, high: 30 }

export function estimateEvaluationTime(planned: Planned, { processor, stepSeconds }: Speed): Range {
  const { config, training, model } = planned
  if (!config.evaluate.enabled || training.validation_rows === 0) return { low: 0, expected: 0, high: 0 }
  const operations = countPictureOperations(
    model,
    config.dataset.resolution,
    config.evaluate.num_inference_steps,
  )
  const picture = estimateComputeTime(operations, processor)
  const time = (limit: keyof Range): number => {
    const secondsEach = picture[limit] + READING_SECONDS
    const trainingSeconds = training.total_steps * stepSeconds[limit]
    return PIPELINE_S[limit] + secondsEach * countPictures(planned, { secondsEach, trainingSeconds })
  }
  return { low: time('low'), expected: time('expected'), high: time('high') }
}

/** Of the model, of the baseline, and of each earlier step that is kept; the model's alone where the condition has no measure. */
function countPictures(
  { config, training }: PlanContext,
  seconds: { readonly secondsEach: number; readonly trainingSeconds: number },
): number {
  const { count: wanted, shrink } = config.evaluate
  const available = training.validation_rows
  const isMeasured = conditionOf(config.condition.kind).measure !== 'none'
  const earlierSteps = isMeasured ? countKeptSteps({ config, training }) : 0
  const { count, earlierSteps: steps } = shrink
    ? planEvaluationSize({ available, wanted, earlierSteps, ...seconds })
    : { count: Math.min(available, wanted), earlierSteps }
  return count * (isMeasured ? 2 + steps : 1)
}

/** One for each checkpoint before the last step. */
export function countKeptSteps({ config, training }: Pick<PlanContext, 'config' | 'training'>): number {
  const { enabled, keep } = config.evaluate
  if (!enabled || keep === 'none' || training.validation_rows === 0) return 0
  return Math.ceil(training.total_steps / training.checkpoints.every) - 1
}
