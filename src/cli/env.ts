import { COMMANDS, type ActionOf } from '../command-line.ts'
import { listEnvironment, removeEnvironment, type EnvironmentItem } from '../actions/clean-environment.ts'
import { withStop } from '../actions/with-stop.ts'
import { UserError } from '../errors.ts'
import { kitCommand } from '../next-step.ts'
import { fillPlaceholders } from '../plan/placeholders.ts'
import { runPlan } from '../run.ts'
import { stages } from '../stages/index.ts'
import type { Plan } from '../types.ts'
import { outlinePlan } from '../ui/create-reporter.ts'
import { formatBytes } from '../words.ts'
import type { CommonFlags, Output } from './output.ts'
import { loadPlan, refuseFailedChecks, type Planned } from './planning.ts'

type Action = ActionOf<'env'>

/** `env create|show|clean [CONFIG]`: the pinned venv alone. */
export async function env(
  [given, file]: readonly unknown[],
  flags: CommonFlags,
  output: Output,
): Promise<number> {
  const action = readAction(given)
  const planned = await loadPlan({
    file: file as string | undefined,
    flags,
    until: 'create-environment',
  })
  const only: Plan = {
    ...planned.plan,
    stages: planned.plan.stages.filter(({ name }) => name === 'create-environment'),
    pending: [],
  }
  if (action === 'clean') return clean(planned, flags['yes'] === true, output)
  if (action === 'create') await create({ ...planned, plan: only }, output)
  const ready = action === 'create' || only.stages[0]?.action === 'reuse'
  const { environment, python } = fillPlaceholders(planned.plan.paths, { cache: planned.facts.cache })
  const document = { v: 1, folder: environment, python, ready, summary: only.stages[0]?.summary ?? '' }
  if (output.json) output.printJson(document)
  else output.print(`${document.summary}\n${ready ? 'ready' : 'not made yet'}: ${python}`)
  return 0
}

function readAction(given: unknown): Action {
  const actions: readonly string[] = COMMANDS.env.actions
  if (actions.includes(given as string)) return given as Action
  throw new UserError(`env takes ${actions.join(', ')}; got '${String(given)}'.`, {
    reason: 'usage',
    hint: kitCommand('env', { action: 'show' }),
  })
}

async function create(planned: Planned, output: Output): Promise<void> {
  refuseFailedChecks(planned)
  const { plan, facts } = planned
  const reporter = output.json ? null : await output.createReporter()
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
    await reporter?.close()
  }
}

/** Lists what would go; removes it with `--yes`. */
async function clean({ plan, facts }: Planned, agreed: boolean, output: Output): Promise<number> {
  const { environment } = fillPlaceholders(plan.paths, { cache: facts.cache })
  const items = await (agreed ? removeEnvironment(environment) : listEnvironment(environment))
  if (output.json) output.printJson({ v: 1, items })
  else output.print(describeItems(items, environment))
  return 0
}

function describeItems(items: readonly EnvironmentItem[], folder: string): string {
  if (items.length === 0) return `There is nothing to remove: ${folder} is not there.`
  const lines = items.map(
    ({ path, bytes, removed }) => `${removed ? 'removed ' : ''}${path}  ${formatBytes(bytes)}`,
  )
  if (items.every(({ removed }) => removed)) return lines.join('\n')
  return [...lines, `Remove it with:  ${kitCommand('env', { action: 'clean', flags: { yes: true } })}`].join(
    '\n',
  )
}
