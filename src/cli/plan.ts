import { writePlanFile } from '../actions/runs/plan-file.ts'
import { failedChecks } from '../plan/build-plan.ts'
import { fillCommands } from '../next-step.ts'
import { formatPlan } from '../ui/print-plan.ts'
import { EXIT_CODES } from '../errors.ts'
import type { Plan } from '../types.ts'
import type { CommonFlags, Output } from './output.ts'
import { loadPlan } from './planning.ts'

/** `plan [CONFIG]`: prints the object that `train` carries out. */
export async function plan([file]: readonly unknown[], flags: CommonFlags, output: Output): Promise<number> {
  const { plan, facts } = await loadPlan({
    file: file as string | undefined,
    flags,
    offline: flags['offline'] === true,
    ...(typeof flags['gpu'] === 'string' ? { gpu: flags['gpu'] } : {}),
  })
  if (typeof flags['out'] === 'string') await writePlanFile(flags['out'], output.complete(plan))
  const { color, columns } = output
  const compare = flags['compare'] === true
  if (output.json) output.printJson(compare ? plan : withFewCosts(plan))
  else {
    const look = { color, columns, workingDirectory: facts.workingDirectory }
    const show = { commands: flags['commands'] === true, compare }
    output.print(formatPlan(fillCommands(plan, output.invocation()), { ...look, ...show }))
  }
  return failedChecks(plan).length > 0 ? EXIT_CODES.preflight : EXIT_CODES.done
}

const FEW_COSTS = 3

/** The cheapest cards only; `--compare` shows all. */
function withFewCosts(plan: Plan): Plan {
  return plan.cost === null
    ? plan
    : { ...plan, cost: { ...plan.cost, rows: plan.cost.rows.slice(0, FEW_COSTS) } }
}
