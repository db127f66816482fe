import { mostHeldOut } from '../../dataset/annotations/held-out-count.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'

/** Whether more is left to train on than is held out, as far as the number of pictures tells. */
export function checkHeldOut(
  { config: { dataset }, facts: { source } }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  const { count } = dataset.validation
  const writes = stages.some(({ name, action }) => name === 'write-dataset' && action !== 'reuse')
  const givesSeveralRows = dataset.faces === 'all' && dataset.crop === 'face'
  if (count === 'auto' || !writes || givesSeveralRows || source.pictures === 0) return []
  const most = mostHeldOut(source.pictures)
  if (count <= most) return []
  return [
    {
      code: 'held-out',
      path: 'dataset.validation.count',
      status: 'fail',
      found: `${count} of ${source.pictures} pictures to hold out`,
      expected: `at most half of them, ${most}`,
      remedy: 'Lower dataset.validation.count, add pictures, or leave it out: then a tenth is held out.',
    },
  ]
}
