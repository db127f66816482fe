import { basename, join, relative } from 'node:path'
import { findRun, type FoundRun } from '../actions/runs/find-run.ts'
import { findConfigChanges, loadRecordedConfig, workingDirectoryOf } from '../actions/runs/recorded-run.ts'
import { UserError } from '../errors.ts'
import { kitCommand } from '../next-step.ts'
import { carryOut } from './carry-out.ts'
import { detach, wantsDetach } from './detach.ts'
import { isDefaultConfig, type CommonFlags, type Output } from './output.ts'
import { maxTimeOf, planConfig, refuseFailedChecks, type Planned } from './planning.ts'

/** `resume [RUN]`: goes on with a run that was stopped or failed, as the run recorded it. */
export async function resume(
  [given]: readonly unknown[],
  flags: CommonFlags,
  output: Output,
): Promise<number> {
  const found = await findRun(given as string | undefined, 'resume')
  await enterProject(found, output, flags.set ?? [])
  refuseFinished(found, output)
  const loaded = await loadRecordedConfig(found, flags.set ?? [])
  const changes = await findConfigChanges(found, loaded.config)
  if (changes.length > 0)
    output.say(`The run goes on as it recorded its config. Since then: ${changes.join('; ')}.`)
  const planned = await planConfig(loaded, { run: basename(found.folder), ...maxTimeOf(flags) })
  refuseFailedChecks(planned)
  refuseOtherTraining(planned, found, flags.set ?? [])
  if (wantsDetach(flags)) return detach(found.folder, [], output)
  return carryOut({ command: 'resume', planned, output, runFolder: found.folder, ...maxTimeOf(flags) })
}

/** Relative paths of the config start where they did when the run was started; messages name that folder with `-C`. */
async function enterProject(found: FoundRun, output: Output, more: readonly string[]): Promise<void> {
  const start = process.cwd()
  process.chdir(await workingDirectoryOf(found))
  const way = relative(start, process.cwd())
  const { folder } = output.invocation()
  const { config_file: config, set = [] } = found.record
  output.invoke({
    ...(way !== '' && { folder: join(folder ?? '', way) }),
    config: config === null || isDefaultConfig(config) ? null : config,
    set: [...set, ...more],
  })
}

function refuseFinished({ folder, record }: FoundRun, output: Output): void {
  if (record.status !== 'done') return
  throw new UserError(`${record.id} is finished; there is nothing to go on with.`, {
    reason: 'usage',
    code: 'run-finished',
    hint: `Its model: ${output.here(join(folder, 'model'))}/   A new run: ${kitCommand('train', { flags: { again: true } })}`,
  })
}

/** What was learned so far fits only the very same pictures, packages and base model. */
function refuseOtherTraining({ plan }: Planned, { folder, record }: FoundRun, set: readonly string[]): void {
  if (plan.previous_run?.id === basename(folder)) return
  const changed = plan.stages.filter(
    ({ name, fingerprint }) => name in record.fingerprints && record.fingerprints[name] !== fingerprint,
  )
  // Stages depend on earlier ones: the first is where the change is.
  const first = changed[0]?.title ?? 'the training'
  const rest = set.length > 0 ? '; --set may change only what is not learned' : ''
  const why = `what went into "${first}" changed since it started${rest}`
  throw new UserError(`${record.id} can't go on: ${why}.`, {
    reason: 'preflight',
    code: 'run-changed',
    hint: `Start a new run: ${kitCommand('train')}`,
  })
}
