/** A plan's execution with its locks, signals, run folder and records. */
import { join } from 'node:path'
import { exitReasonOf, StoppedError, type ExitReason } from '../../errors.ts'
import type { Event, EventBody } from '../../events.ts'
import { makeFolder } from '../../tools/files/atomic-write.ts'
import { explainFileError } from '../../file-error.ts'
import { planDevice } from '../../environment/device.ts'
import { gpuLockFile } from '../../tools/gpus/gpu-locks.ts'
import { withLock } from '../../tools/files/lock.ts'
import {
  linkLatest,
  appendEvent,
  writeRunInputs,
  writeRunPlan,
  writeRunSettings,
} from '../../tools/runs/run-folder.ts'
import { listenForStop } from '../../tools/processes/stop-signals.ts'
import type { Facts, Plan, RunOptions, Stage } from '../../types.ts'
import { nameRun } from './find-run.ts'
import { runFinishedHook } from './finished-hook.ts'
import { followProgress, startProgress, type TrainingProgress } from './training-progress.ts'
import { closeAttempt, newRunId, openAttempt } from './run-record.ts'

export interface Execution {
  readonly plan: Plan
  readonly facts: Facts
  readonly stages: readonly Stage[]
  readonly command: 'prepare' | 'train' | 'resume'
  /** The run to go on with; null: a new one, if the plan trains. */
  readonly runFolder: string | null
  /** A path as the person sees it. */
  readonly here: (path: string) => string
  /** When all must be over, in milliseconds since 1970. Absent: there is no limit. */
  readonly deadlineMs?: number
  /** The person's `--set` words and those of the environment, kept with the run. */
  readonly set: readonly string[]
  /** Says hello; `target` is the run folder, or the dataset's; `run` is how `resume` has to name the run. */
  readonly start: (target: string, run: string | null) => Event
  readonly report: (event: EventBody) => Event
  readonly resolved: (plan: Plan) => void
  /** What the first Ctrl-C says; null outside of the training. */
  readonly formatStopping: (training: { step: number; checkpoint: number | null } | null) => string
  /** `runPlan` of `run.ts`. */
  readonly runPlan: (options: RunOptions) => Promise<void>
}

/** Gives the run folder (null for `prepare`). Throws what ended it, after everything recorded it. */
export async function executePlan(execution: Execution): Promise<{ run: string | null }> {
  const { plan, command } = execution
  const trains = plan.stages.some(({ name }) => name === 'train-controlnet')
  const purpose = `controlnet-kit ${command}`
  const dataset = join(plan.paths.work, 'lock')
  if (!trains) {
    await withLock(dataset, { purpose }, () => runRecorded(execution, null))
    return { run: null }
  }
  // A second `train` of the same name and runs is refused, whatever its dataset.
  return withLock(join(plan.paths.runs, `.${plan.name}.lock`), { purpose }, () =>
    withLock(dataset, { purpose }, async () => {
      const run = execution.runFolder ?? join(plan.paths.runs, newRunId(plan, new Date()))
      await withGpus(execution, purpose, () => runRecorded(execution, run))
      return { run }
    }),
  )
}

/** Holds the cards that the training uses. */
async function withGpus(
  { plan, facts }: Execution,
  purpose: string,
  work: () => Promise<void>,
): Promise<void> {
  const isTrained = plan.stages.some(({ name, action }) => name === 'train-controlnet' && action === 'reuse')
  const gpus = isTrained
    ? []
    : planDevice(plan.config, facts).gpus.slice(0, plan.training.settings.num_processes)
  const locked = gpus.reduce(
    (inner, gpu) => () =>
      withLock(gpuLockFile(facts.cache, gpu), { purpose, what: `${gpu.name} (GPU ${gpu.index})` }, inner),
    work,
  )
  await locked()
}

async function runRecorded(execution: Execution, run: string | null): Promise<void> {
  const { plan, facts, stages } = execution
  if (run !== null) await openRun(run, execution)
  let progress = startProgress(facts.runs.find(({ folder }) => folder === run)?.checkpoint ?? null)
  const keep = (event: Event): void => {
    if (run !== null) appendEvent(run, event)
  }
  const report = (body: EventBody): void => {
    progress = followProgress(progress, body)
    keep(execution.report(body))
  }
  keep(execution.start(run ?? plan.paths.dataset, run === null ? null : await nameRun(run)))
  const stop = listenForStop(() => {
    report({
      type: 'log',
      stage: null,
      message: execution.formatStopping(progress.training ? progress : null),
    })
  })
  const timer = stopAtDeadline(execution, report)
  const signal = AbortSignal.any([stop.signal, timer.signal])
  const paths = resultPaths(execution, run)
  try {
    await execution.runPlan({
      ...{ plan, facts, stages, report, signal },
      ...(execution.deadlineMs !== undefined && { deadlineMs: execution.deadlineMs }),
      placeholders: { cache: facts.cache, port: '0', ...(run === null ? {} : { run }) },
      async onResolved(settled) {
        if (run !== null) await writeRunPlan(run, settled)
        execution.resolved(settled)
      },
    })
    const end = { status: 'done', exitReason: 'done' } as const
    if (run !== null) await closeRun(execution, run, { ...end, progress, report })
    report({ type: 'result', ...end, paths })
  } catch (error) {
    const status = error instanceof StoppedError ? 'stopped' : 'failed'
    const explained = explainFileError(error)
    const exitReason: ExitReason = exitReasonOf(explained)
    const problem = status === 'failed' && explained instanceof Error ? { problem: explained.message } : {}
    // On a full disk none of this can be written; the first error is the one to tell.
    if (run !== null)
      await quietly(() => closeRun(execution, run, { status, exitReason, ...problem, progress, report }))
    await quietly(() => report({ type: 'result', status, exitReason, paths: withoutModel(paths) }))
    throw error
  } finally {
    timer.close()
    stop.close()
  }
}

type RunEnd = Parameters<typeof closeAttempt>[1] & {
  readonly status: 'done' | 'failed' | 'stopped'
  readonly progress: TrainingProgress
  readonly report: (body: EventBody) => void
}

/** Records the end, then tells the person's own program of it, which may shut the machine down. */
async function closeRun(
  { plan }: Execution,
  run: string,
  { progress, report, ...end }: RunEnd,
): Promise<void> {
  await closeAttempt(run, end)
  const problem = await runFinishedHook({
    hook: plan.config.hooks.finished,
    result: {
      ...{ v: 1, name: plan.name, run, status: end.status, exitReason: end.exitReason },
      ...{ problem: end.problem ?? null, model: end.status === 'done' ? join(run, 'model') : null },
      ...{ final_step: progress.step, checkpoint: progress.checkpoint },
    },
  })
  if (problem !== null)
    report({
      type: 'warning',
      code: 'hook-failed',
      message: `The program of hooks.finished failed: ${problem.replace(/\.$/, '')}.`,
    })
}

/** What is left for a clean end: the trainer's grace, and the records. */
const END_MS = 12_000

/** Asks for a stop, as SIGTERM does, a little before the time is over. */
function stopAtDeadline({ deadlineMs }: Execution, report: (body: EventBody) => void) {
  const controller = new AbortController()
  const stop = (): void => {
    report({ type: 'log', stage: null, message: 'The time is over. Stopping.' })
    controller.abort('SIGTERM')
  }
  const timer = deadlineMs === undefined ? undefined : setTimer(stop, deadlineMs - END_MS)
  return { signal: controller.signal, close: () => timer?.() }
}

/** Calls at that time; returns what calls it off. Timers of Node hold 24 days at most. */
function setTimer(call: () => void, atMs: number): () => void {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const left = atMs - Date.now()
    timer =
      left <= LONGEST_TIMER_MS ? setTimeout(call, Math.max(0, left)) : setTimeout(wait, LONGEST_TIMER_MS)
  }
  wait()
  return () => clearTimeout(timer)
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

async function quietly(write: () => Promise<void> | void): Promise<void> {
  try {
    await write()
  } catch {
    // What could not be written is told by what failed before.
  }
}

async function openRun(run: string, { plan, command, set }: Execution): Promise<void> {
  await makeFolder(run)
  // The file that a run was started with stays as it was; overrides hold from now on.
  if (command === 'resume') await writeRunSettings(run, plan)
  else await writeRunInputs(run, plan)
  await openAttempt(run, { plan, set, command })
  await linkLatest(run)
}

function resultPaths(
  { plan, here }: Execution,
  run: string | null,
): { run?: string; model?: string; dataset: string } {
  const dataset = here(plan.paths.dataset)
  return run === null ? { dataset } : { run: here(run), model: here(join(run, 'model')), dataset }
}

/** A run that failed or was stopped has no verified model. */
function withoutModel({ run, dataset }: ReturnType<typeof resultPaths>): { run?: string; dataset: string } {
  return run === undefined ? { dataset } : { run, dataset }
}
