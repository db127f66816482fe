import { ESTIMATING_RULER, openCaptionRuler, type MeasuredRuler } from '../tools/captions/caption-ruler.ts'
import { ESTIMATED, planCaptionLengths } from '../trainer/captions/caption-lengths.ts'
import type { StageContext } from '../types.ts'

/** Measures captions. Where that decides what is left out, as planned, whatever came into the cache since then. */
export async function openRuler({ config, facts, paths, plan }: StageContext): Promise<MeasuredRuler> {
  const trains = plan.stages.some(({ name }) => name === 'train-controlnet')
  const lengths = planCaptionLengths({ config, facts, paths, trains })
  return lengths === ESTIMATED ? ESTIMATING_RULER : openCaptionRuler(paths.baseModel)
}
