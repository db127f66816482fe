import { join } from 'node:path'
import { readPlanFile, refuseDrift } from '../actions/runs/plan-file.ts'
import { newRunId } from '../actions/runs/run-record.ts'
import { carryOut, closingText } from './carry-out.ts'
import { detach, wantsDetach } from './detach.ts'
import { isDefaultConfig, type CommonFlags, type Output } from './output.ts'
import { loadPlan, maxTimeOf, refuseFailedChecks, type Planned } from './planning.ts'

/** `train [CONFIG]`: the whole plan, to a verified model. */
export async function train([file]: readonly unknown[], flags: CommonFlags, output: Output): Promise<number> {
  const saved = typeof flags['plan'] === 'string' ? await readPlanFile(flags['plan']) : null
  const given = (file as string | undefined) ?? saved?.config_file ?? undefined
  if (given !== undefined && !isDefaultConfig(given)) output.invoke({ config: given })
  const planned = await loadPlan({ file: given, flags, again: flags['again'] === true, ...maxTimeOf(flags) })
  if (saved !== null) refuseDrift(saved, planned.plan, flags['plan'] as string)
  const { plan } = planned
  const previous = plan.previous_run
  const runFolder = previous === null ? null : join(plan.paths.runs, previous.id)
  if (runFolder !== null && isFinished(planned)) return printFinished(planned, runFolder, output)
  refuseFailedChecks(planned)
  if (previous !== null)
    output.say(`Nothing changed since ${previous.id}: going on with it (--again starts anew).`)
  if (!wantsDetach(flags))
    return carryOut({
      command: 'train',
      planned,
      output,
      runFolder: runFolder ?? inRun(flags),
      ...maxTimeOf(flags),
    })
  const run = runFolder ?? join(plan.paths.runs, newRunId(plan, new Date()))
  return detach(run, runFolder === null ? ['--in-run', run] : [], output)
}

/** The folder of a new run that another process has promised to somebody. */
const inRun = (flags: CommonFlags): string | null => (flags['inRun'] as string | undefined) ?? null

function isFinished({ plan }: Planned): boolean {
  return plan.stages.every(({ stamp, action }) => !stamp.startsWith('{run}') || action === 'reuse')
}

async function printFinished(planned: Planned, run: string, output: Output): Promise<number> {
  const { plan } = planned
  const { here } = output
  if (output.json) {
    const reporter = await output.createReporter()
    reporter.begin({
      kitVersion: plan.kit_version,
      command: 'train',
      name: plan.name,
      target: here(run),
      stages: [],
      training: null,
    })
    const paths = { run: here(run), model: here(join(run, 'model')), dataset: here(plan.paths.dataset) }
    reporter.report({ type: 'result', status: 'done', exitReason: 'done', paths })
    await reporter.close()
    return 0
  }
  output.say(`Nothing changed since ${here(run)}/, which is finished (--again trains anew).\n`)
  output.print(closingText(planned, run, output))
  return 0
}
