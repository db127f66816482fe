import { UserError } from '../errors.ts'
import { fillPlaceholders } from '../plan/placeholders.ts'
import { runPlan } from '../run.ts'
import { stages } from '../stages/index.ts'
import { withStop } from '../commands/with-stop.ts'
import type { Plan } from '../types.ts'
import { outlinePlan } from '../ui/create-reporter.ts'
import { loadOutput, type CommonFlags, type Output } from './output.ts'
import { loadPlan, refuseFailedChecks, type Planned } from './planning.ts'

/** `env create|show [CONFIG]`: the pinned venv alone. */
export async function env([action, file]: readonly unknown[], flags: CommonFlags): Promise<number> {
  const output = loadOutput('env', flags)
  if (action !== 'create' && action !== 'show') {
    throw new UserError(`env takes create or show, got '${String(action)}'.`, {
      reason: 'usage',
      hint: 'controlnet-kit env create',
    })
  }
  const planned = await loadPlan({ file: file as string | undefined, flags, until: 'create-environment' })
  const only: Plan = {
    ...planned.plan,
    stages: planned.plan.stages.filter(({ name }) => name === 'create-environment'),
    pending: [],
  }
  if (action === 'create') await create({ ...planned, plan: only }, output)
  const ready = action === 'create' || only.stages[0]?.action === 'reuse'
  const { environment, python } = fillPlaceholders(planned.plan.paths, { cache: planned.facts.cache })
  const document = { v: 1, folder: environment, python, ready, summary: only.stages[0]?.summary ?? '' }
  output.print(
    output.json
      ? JSON.stringify(document)
      : `${document.summary}\n${ready ? 'ready' : 'not made yet'}: ${python}`,
  )
  return 0
}

async function create(planned: Planned, output: Output): Promise<void> {
  refuseFailedChecks(planned)
  const { plan, facts } = planned
  const reporter = output.json ? null : output.createReporter()
  reporter?.begin(outlinePlan(plan, { command: 'env create', target: null }))
  const stopping = (): void => void reporter?.report({ type: 'log', stage: null, message: 'Stopping.' })
  try {
    await withStop(stopping, (signal) =>
      runPlan({
        ...{ plan, facts, stages, signal },
        placeholders: { cache: facts.cache },
        report: (event) => void reporter?.report(event),
        onResolved: async () => undefined,
      }),
    )
  } finally {
    reporter?.close()
  }
}
