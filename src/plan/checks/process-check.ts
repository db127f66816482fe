/** Whether there is a card for each training process. Pure. */
import { planDevice } from '../../environment/device.ts'
import { setWords } from '../../next-step.ts'
import { formatAmount } from '../../words.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { isActive } from '../active-stages.ts'

export function checkProcesses(
  { config, facts, training: { settings } }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  const { gpus } = planDevice(config, facts)
  const wanted = config.launch.num_processes
  if (wanted === 'auto' || settings.device === 'cpu' || !isActive(stages, ['train-controlnet'])) return []
  if (gpus.length >= wanted) return []
  return [
    {
      code: 'gpu-count',
      path: 'launch.num_processes',
      status: 'fail',
      found: formatAmount(gpus.length, 'GPU'),
      expected: `${formatAmount(wanted, 'GPU')}, one for each process`,
      remedy: `Take what is there: ${setWords({ 'launch.num_processes': gpus.length })}`,
    },
  ]
}
