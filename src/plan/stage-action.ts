import type { PlanContext, RunFact, StageAction, StageName, StageSpec } from '../types.ts'

/** What is to be done with a stage, and why. */
export interface Decision {
  readonly spec: StageSpec
  readonly fingerprint: string
  readonly action: StageAction
  readonly reason: string
}

interface DecideOptions {
  readonly spec: StageSpec
  readonly context: PlanContext
  readonly fingerprint: string
  /** The decisions on the stages whose results this one takes. */
  readonly earlier: readonly Decision[]
  /** The newest run with the same training, or null. */
  readonly previous: RunFact | null
}

/** A stage's result is reused when its stamp has the same fingerprint and the files it names are untouched. */
export function decideStage(options: DecideOptions): Decision {
  const { spec, fingerprint } = options
  return { spec, fingerprint, ...actionOf(options) }
}

function actionOf({
  spec,
  context,
  fingerprint,
  earlier,
  previous,
}: DecideOptions): Pick<Decision, 'action' | 'reason'> {
  const path = spec.stamp(context)
  const ofARun = path.startsWith('{run}')
  const found = ofARun ? previous?.stamps[path] : context.facts.stamps[path]
  if (found === undefined)
    return ofARun ? newInRun(spec.name, previous) : { action: 'create', reason: 'not there yet' }
  if (found.stamp.fingerprint !== fingerprint)
    return { action: 'rebuild', reason: 'its settings or inputs changed' }
  if (found.changed !== null) return { action: 'rebuild', reason: `${found.changed} was changed or removed` }
  const renewed = ofARun ? undefined : earlier.find(({ action }) => action !== 'reuse')
  if (renewed !== undefined)
    return { action: 'rebuild', reason: `${titleOf(renewed.spec, context)} comes before it` }
  return {
    action: 'reuse',
    reason: `unchanged since ${found.stamp.finishedAt.slice(0, 16).replace('T', ' ')}`,
  }
}

function newInRun(name: StageName, previous: RunFact | null): Pick<Decision, 'action' | 'reason'> {
  if (previous === null || name !== 'train-controlnet') return { action: 'create', reason: 'new run' }
  const step = previous.checkpoint === null ? 'from its start' : `from step ${previous.checkpoint}`
  return { action: 'create', reason: `goes on in ${previous.id} ${step}` }
}

const titleOf = (spec: StageSpec, context: PlanContext): string => spec.titleOf?.(context) ?? spec.title
