import { UserError } from '../errors.ts'
import type { Check, Facts, ManifestFact, Plan, PlanContext, StageSpec } from '../types.ts'
import { fillFingerprint } from './placeholders.ts'
import { checkSchedule, SCHEDULE_CODES } from './checks/schedule-checks.ts'
import { planTraining } from './training-maths.ts'

/**
 * The plan with its pending values settled by the dataset as written: rows, steps, cadences, the commands that carry
 * them and the checks that look at them. Stages, fingerprints and paths stay as they are.
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
  const others = plan.checks.filter(({ code }) => !SCHEDULE_CODES.includes(code))
  const checks = [...others, ...checkSchedule(context, stages)]
  return fillFingerprint({ ...plan, training, stages, checks, pending: [] }, dataset)
}

/** What the settled plan's checks find that the estimate's did not. */
export function findNewChecks(
  before: Plan,
  after: Plan,
): { warnings: readonly Check[]; error: UserError | null } {
  const fresh = after.checks.filter(
    ({ code, status }) => !before.checks.some((check) => check.code === code && check.status === status),
  )
  const failed = fresh.filter(({ status }) => status === 'fail')
  const [first] = failed
  if (first === undefined) return { warnings: fresh.filter(({ status }) => status === 'warn'), error: null }
  const problems = failed.map(({ path, found, expected }) => ({
    where: null,
    path: path ?? null,
    message: `${found}; expected ${expected}`,
  }))
  const error = new UserError(
    'The dataset has another number of rows than estimated, and a check fails with it.',
    {
      ...{ reason: 'preflight', code: first.code, problems },
      hint: failed.map(({ remedy }) => remedy).join('\n'),
    },
  )
  return { warnings: [], error }
}

/** What changed between the estimate and the settled plan, for people: `216 steps (estimated 225)`. Empty: nothing. */
export function describeResolution(before: Plan, after: Plan): string {
  const [was, is] = [before.training, after.training]
  if (was.rows === is.rows && was.total_steps === is.total_steps) return ''
  return `${is.rows} rows (estimated ${was.rows}), ${is.total_steps} steps (estimated ${was.total_steps})`
}
