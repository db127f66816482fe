import {
  ESTIMATING_COUNTER,
  openTokenCounter,
  type CaptionTokenCounter,
} from '../tools/captions/token-counter.ts'
import { ESTIMATED, planCaptionLengths } from '../trainer/captions/caption-lengths.ts'
import type { StageContext } from '../types.ts'

/**
 * Opens the token counter. If caption lengths decide which pictures are kept, it counts as planned (exactly or estimated), even
 * if the tokenizer has arrived in the cache since then.
 */
export async function openStageTokenCounter({
  config,
  facts,
  paths,
  plan,
}: StageContext): Promise<CaptionTokenCounter> {
  const trains = plan.stages.some(({ name }) => name === 'train-controlnet')
  const lengths = planCaptionLengths({ config, facts, paths, trains })
  return lengths === ESTIMATED ? ESTIMATING_COUNTER : openTokenCounter(paths.baseModel)
}
