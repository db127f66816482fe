import type { ManifestFact, Plan, StageSpec } from '../types.ts'
import { fillFingerprint } from './placeholders.ts'
import { planTraining } from './training-maths.ts'
import type { Facts, PlanContext } from '../types.ts'

/**
 * The plan with its pending values settled by the dataset as written: rows, steps, cadences and the commands that carry
 * them. Stages, fingerprints and paths stay as they are.
 */
export function resolvePlan(
  plan: Plan,
  manifest: ManifestFact,
  { specs, facts }: { specs: readonly StageSpec[]; facts: Facts },
): Plan {
  const rows = { train: manifest.train, validation: manifest.validation }
  const training = planTraining(plan.config, plan.training.settings, rows)
  const context: PlanContext = {
    config: plan.config,
    facts: { ...facts, manifest },
    paths: plan.paths,
    training,
    trains: plan.stages.some(({ name }) => name === 'train-controlnet'),
  }
  const stages = plan.stages.map((stage) => {
    const spec = specs.find(({ name }) => name === stage.name)
    return spec === undefined
      ? stage
      : { ...stage, commands: spec.commands(context), summary: spec.summary(context) }
  })
  const dataset = plan.stages.find(({ name }) => name === 'write-dataset')?.fingerprint ?? 'none'
  return fillFingerprint({ ...plan, training, stages, pending: [] }, dataset)
}

/** What changed between the estimate and the settled plan, for people: `216 steps (estimated 225)`. Empty: nothing. */
export function describeResolution(before: Plan, after: Plan): string {
  const [was, is] = [before.training, after.training]
  if (was.rows === is.rows && was.total_steps === is.total_steps) return ''
  return `${is.rows} rows (estimated ${was.rows}), ${is.total_steps} steps (estimated ${was.total_steps})`
}
