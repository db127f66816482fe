import { writePlanFile } from '../actions/runs/plan-file.ts'
import { failedChecks } from '../plan/build-plan.ts'
import { fillCommands } from '../next-step.ts'
import { formatPlan } from '../ui/print-plan.ts'
import { EXIT_CODES } from '../errors.ts'
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
  if (output.json) output.printJson(plan)
  else
    output.print(
      formatPlan(fillCommands(plan, output.invocation()), {
        color,
        columns,
        workingDirectory: facts.workingDirectory,
      }),
    )
  return failedChecks(plan).length > 0 ? EXIT_CODES.preflight : EXIT_CODES.done
}
