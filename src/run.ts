/** Carries a plan out: the stages that are not reused, in order, each stamped when it is whole. */
import { stoppedBy, StoppedError, withReason } from './errors.ts'
import { fillPlaceholders } from './plan/placeholders.ts'
import { describeResolution, findNewChecks, resolvePlan } from './plan/resolve-plan.ts'
import { readManifest } from './facts.ts'
import { explainFileError } from './file-error.ts'
import { writeStamp } from './tools/files/stamps.ts'
import type { Plan, PlannedStage, RunOptions, Stage } from './types.ts'

/** Ends when every stage is done. Throws the first failure, with the stage's own exit reason where it has none. */
export async function runPlan(options: RunOptions): Promise<void> {
  let plan = options.plan
  for (const { name } of options.plan.stages) {
    const stage = plan.stages.find((one) => one.name === name) as PlannedStage
    if (stage.action === 'reuse') options.report({ type: 'stage-skipped', stage: name, reason: stage.reason })
    else await runStage(stage, plan, options)
    if (name === 'write-dataset' && plan.pending.length > 0) plan = await settle(plan, options)
  }
}

async function runStage(planned: PlannedStage, plan: Plan, options: RunOptions): Promise<void> {
  const { stages, placeholders, facts, report, signal, deadlineMs } = options
  const stage = stages.find(({ spec }) => spec.name === planned.name) as Stage
  const filled = fillPlaceholders(plan, placeholders)
  const own = fillPlaceholders(planned, placeholders)
  const started = Date.now()
  report({ type: 'stage-started', stage: planned.name })
  try {
    throwIfStopped(signal)
    const context = {
      stage: own,
      config: plan.config,
      paths: filled.paths,
      facts,
      plan: filled,
      report,
      signal,
      ...(deadlineMs !== undefined && { deadlineMs }),
    }
    const { line } = await stage.run(context)
    throwIfStopped(signal)
    await writeStamp(own, line)
    const seconds = Math.round((Date.now() - started) / 100) / 10
    report({ type: 'stage-finished', stage: planned.name, reason: line, seconds })
  } catch (error) {
    throw withReason(stoppedOr(explainFileError(error), signal), stage.spec.failure)
  }
}

async function settle(plan: Plan, { facts, stages, report, onResolved }: RunOptions): Promise<Plan> {
  const manifest = await readManifest(plan.paths.manifest)
  if (manifest === null) throw new Error(`${plan.paths.manifest} is missing after the dataset was written`)
  const resolved = resolvePlan(plan, manifest, { specs: stages.map(({ spec }) => spec), facts })
  const change = describeResolution(plan, resolved)
  const trains = plan.stages.some(({ name }) => name === 'train-controlnet')
  if (change !== '' && trains)
    report({ type: 'log', stage: null, message: `The plan is settled: ${change}.` })
  await onResolved(resolved)
  const { warnings, error } = findNewChecks(plan, resolved)
  for (const { code, found, expected, remedy } of warnings) {
    report({ type: 'warning', code, message: `${found}; expected ${expected}. ${remedy}` })
  }
  if (error !== null) throw error
  return resolved
}

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw stoppedBy(signal, true)
}

/** After a stop, whatever a stage threw is the stop. */
function stoppedOr(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof StoppedError) return error
  return stoppedBy(signal, true)
}
