/** By what captions are measured where their length decides what is left out. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import type { PlanContext } from '../../types.ts'

export const ESTIMATED = 'estimated'

/**
 * Part of what the rows depend on; null where a length is only a number. The tokenizer of the base model: named by the
 * model, so that it is the same before the training fetches it; of a person's own folder by its content, which may change.
 */
export function planCaptionLengths({
  config,
  facts,
  paths,
  trains,
}: Pick<PlanContext, 'config' | 'facts' | 'paths' | 'trains'>): string | null {
  if (config.dataset.filters.long_captions === 'keep') return null
  if (!isFetched(config)) return facts.tokenizer ?? ESTIMATED
  return trains || facts.tokenizer !== null ? `of ${paths.baseModel}` : ESTIMATED
}

/** Whether the training fetches the base model before anything is measured. `prepare` alone makes do with an estimate. */
export function fetchesForLengths({ config, trains }: Pick<PlanContext, 'config' | 'trains'>): boolean {
  return trains && config.dataset.filters.long_captions === 'reject' && isFetched(config)
}

const isFetched = (config: PlanContext['config']): boolean => configuredBase(config).spec.lies === 'in-cache'
