/** Whether a step has as many pictures as the config asks for. Pure. */
import { EFFECTIVE_BATCH } from '../../presets/split-batch.ts'
import { setWords } from '../../next-step.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { isActive } from '../active-stages.ts'

/** What can't be reached becomes the nearest above, with a warning; keys that contradict each other are refused. */
export function checkEffectiveBatch(
  { config: { train }, training: { settings, effective_batch: found } }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  if (!isActive(stages, ['train-controlnet'])) return []
  const givesBoth = train.train_batch_size !== undefined && train.gradient_accumulation_steps !== undefined
  const wanted = train.effective_batch ?? (givesBoth ? found : EFFECTIVE_BATCH)
  if (found === wanted) return []
  const { train_batch_size: size, gradient_accumulation_steps: accumulation, num_processes } = settings
  const processes = num_processes === 1 ? '' : ` × ${num_processes} processes`
  return [
    {
      code: 'effective-batch',
      path: 'train.effective_batch',
      status: givesBoth ? 'fail' : 'warn',
      found: `${found} pictures in a step: batch ${size} × ${accumulation} accumulation${processes}`,
      expected: `${wanted}, the effective batch${givesBoth ? '' : '; this is the nearest above'}`,
      remedy: `To mean it: ${setWords({ 'train.effective_batch': found })}`,
    },
  ]
}
