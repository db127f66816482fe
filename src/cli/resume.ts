import { basename, join, relative } from 'node:path'
import { findRun } from '../commands/find-run.ts'
import { UserError } from '../errors.ts'
import { carryOut } from './carry-out.ts'
import { loadOutput, type CommonFlags } from './output.ts'
import { loadPlan, refuseFailedChecks } from './planning.ts'

/** `resume [RUN]`: goes on with a run that was stopped or failed, as its own config says. */
export async function resume([given]: readonly unknown[], flags: CommonFlags): Promise<number> {
  const output = loadOutput('resume', flags)
  const { folder, record } = await findRun((given as string | undefined) ?? 'latest')
  if (record.status === 'done') {
    throw new UserError(`${record.id} is finished; there is nothing to go on with.`, {
      reason: 'usage',
      code: 'run-finished',
      hint: `Its model: ${relative(process.cwd(), join(folder, 'model'))}/   A new run: controlnet-kit train --again`,
    })
  }
  process.chdir(record.working_directory)
  const planned = await loadPlan({ file: record.config_file ?? undefined, flags })
  if (planned.plan.previous_run?.id !== basename(folder)) {
    throw new UserError(
      `${record.id} can't go on: the config, the pictures or the packages changed since it started.`,
      {
        reason: 'preflight',
        code: 'run-changed',
        hint: 'Start a new run: controlnet-kit train',
      },
    )
  }
  refuseFailedChecks(planned)
  return carryOut({ command: 'resume', planned, output, runFolder: folder })
}
