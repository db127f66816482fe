import { describeCaptioner } from '../trainer/captioner.ts'
import type { Plan, PlanContext, PlannedStage, StageName } from '../types.ts'

/** What carrying the plan out writes and whom it contacts. */
export function planEffects(
  stages: readonly PlannedStage[],
  { config, facts, paths }: PlanContext,
): Plan['effects'] {
  const active = (name: StageName): boolean =>
    stages.some((stage) => stage.name === name && stage.action !== 'reuse')
  const writes = [
    ...(active('write-dataset') || active('annotate-images') ? [paths.dataset] : []),
    ...(active('train-controlnet') || active('verify-model') ? [paths.runs] : []),
    ...(stages.some((stage) => stage.action !== 'reuse') ? [facts.cache] : []),
  ]
  const readsSource = active('collect-images') || active('annotate-images') || active('write-dataset')
  const contacts = [
    ...(readsSource && facts.source.host !== undefined ? [facts.source.host] : []),
    ...(active('create-environment') ? ['your pip index'] : []),
    ...(active('fetch-trainer') && config.train.script === undefined ? ['raw.githubusercontent.com'] : []),
    ...(active('annotate-images') ? captionContacts(config, facts) : []),
    ...(active('fetch-base-model') && 'repo' in config.base_model ? ['huggingface.co'] : []),
  ]
  return { writes, contacts: [...new Set(contacts)], publishes: null }
}

function captionContacts(config: PlanContext['config'], facts: PlanContext['facts']): string[] {
  const { captioner } = facts
  if (captioner?.kind === 'command') return [`whoever ${describeCaptioner(config, captioner)} asks`]
  return captioner?.kind === 'blip' && captioner.folder === null && !captioner.isThere
    ? ['huggingface.co']
    : []
}
