import type { Plan, PlanContext, PlannedStage, StageName } from '../types.ts'
import { nameContacts } from './contacts.ts'

/** What carrying the plan out writes and whom it contacts. */
export function planEffects(stages: readonly PlannedStage[], context: PlanContext): Plan['effects'] {
  const { facts, paths } = context
  const active = (name: StageName): boolean =>
    stages.some((stage) => stage.name === name && stage.action !== 'reuse')
  const writes = [
    ...(active('write-dataset') || active('annotate-images') ? [paths.dataset] : []),
    ...(active('train-controlnet') || active('verify-model') ? [paths.runs] : []),
    ...(stages.some((stage) => stage.action !== 'reuse') ? [facts.cache] : []),
  ]
  return { writes, contacts: nameContacts(stages, context), publishes: null }
}
