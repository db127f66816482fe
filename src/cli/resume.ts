import { basename, join } from 'node:path'
import { findRun, type FoundRun } from '../actions/runs/find-run.ts'
import { findConfigChanges, loadRecordedConfig } from '../actions/runs/recorded-run.ts'
import { overrideConfig } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { kitCommand } from '../next-step.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { stageSpecs } from '../stages/index.ts'
import type { Config } from '../types.ts'
import { carryOut } from './carry-out.ts'
import { detach, wantsDetach } from './detach.ts'
import { enterProject } from './enter-project.ts'
import type { CommonFlags, Output } from './output.ts'
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
  const set = flags.set ?? []
  const loaded = await loadRecordedConfig(found, set)
  const recorded = set.length === 0 ? loaded.config : (await loadRecordedConfig(found, [])).config
  const changes = await findConfigChanges(found, recorded)
  if (changes.length > 0)
    output.say(`The run goes on as it recorded its config. Since then: ${changes.join('; ')}.`)
  const planned = await planConfig(loaded, { run: basename(found.folder), recorded, ...maxTimeOf(flags) })
  refuseFailedChecks(planned)
  refuseOtherTraining(planned, found, { recorded, set })
  if (wantsDetach(flags)) return detach(found.folder, [], output)
  return carryOut({ command: 'resume', planned, output, runFolder: found.folder, ...maxTimeOf(flags) })
}

function refuseFinished({ folder, record }: FoundRun, output: Output): void {
  if (record.status !== 'done') return
  throw new UserError(`${record.id} is finished; there is nothing to go on with.`, {
    reason: 'usage',
    code: 'run-finished',
    hint: `Its model: ${output.here(join(folder, 'model'))}/   A new run: ${kitCommand('train', { flags: { again: true } })}`,
  })
}

interface Change {
  readonly recorded: Config
  /** The `--set` words of this command. */
  readonly set: readonly string[]
}

/** What was learned so far fits only the very same pictures, packages and base model. */
function refuseOtherTraining(planned: Planned, { folder, record }: FoundRun, change: Change): void {
  const { plan } = planned
  if (plan.previous_run?.id === basename(folder)) return
  const changed = plan.stages.filter(
    ({ name, fingerprint }) => name in record.fingerprints && record.fingerprints[name] !== fingerprint,
  )
  // Stages depend on earlier ones: the first is where the change is.
  const first = changed[0]?.title ?? 'the training'
  const learned = findLearned(planned, basename(folder), change)
  const why =
    learned.length > 0
      ? describeLearned(learned, change.recorded)
      : `what went into "${first}" changed since it started`
  throw new UserError(`${record.id} can't go on: ${why}.`, {
    reason: 'preflight',
    code: 'run-changed',
    hint: `Start a new run: ${kitCommand('train')}`,
  })
}

/** Which of the `--set` words alone make it another training. */
function findLearned({ loaded, facts }: Planned, run: string, { recorded, set }: Change): string[] {
  return set.filter((word) => {
    const { config } = overrideConfig(recorded, [word], loaded.file)
    const plan = buildPlan({ config, configFile: loaded.file, facts, specs: stageSpecs, run, recorded })
    return plan.previous_run?.id !== run
  })
}

function describeLearned(words: readonly string[], recorded: Config): string {
  const keys = words.map((word) => word.split('=', 1)[0]!)
  const isLength = keys.some((key) => key === 'train.max_train_steps' || key === 'train.num_train_epochs')
  const schedule = isLength
    ? `; the learning rate of train.lr_scheduler: ${recorded.train.lr_scheduler} follows the length`
    : ''
  const verb = keys.length === 1 ? 'changes' : 'change'
  return `${keys.join(', ')} ${verb} what is learned${schedule}`
}
