import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { chooseBestStep, withChosenStep } from '../actions/runs/choose-best-step.ts'
import { findRun, type FoundRun } from '../actions/runs/find-run.ts'
import { requireModel, requireSameDataset } from '../actions/runs/model-of-run.ts'
import { loadRecordedConfig } from '../actions/runs/recorded-run.ts'
import { runStages } from '../actions/runs/run-stages.ts'
import { EXIT_CODES, UserError } from '../errors.ts'
import type { Evaluation } from '../evaluation/evaluation-document.ts'
import { resolvePlan } from '../plan/resolve-plan.ts'
import { runPlan } from '../run.ts'
import { stages, stageSpecs } from '../stages/index.ts'
import type { Plan, StageName } from '../types.ts'
import { outlinePlan } from '../ui/create-reporter.ts'
import { formatEvaluation } from '../ui/evaluation-table.ts'
import { enterProject } from './enter-project.ts'
import type { CommonFlags, Output } from './output.ts'
import { planConfig, type Planned } from './planning.ts'

/** `evaluate [RUN]`: how closely the model follows held-out conditions; `--best` makes the best step the model. */
export async function evaluate(
  [given]: readonly unknown[],
  flags: CommonFlags,
  output: Output,
): Promise<number> {
  const found = await findRun(given as string | undefined, 'evaluate')
  await requireModel(found)
  await enterProject(found, output, [])
  const planned = await planEvaluation(found, flags)
  const session: Session = { found, planned, output }
  const needed = ['create-environment', 'fetch-base-model', 'evaluate-model'] as const
  let evaluation = await evaluateAgain(session, needed)
  if (flags['best'] === true) evaluation = await takeBest(session, evaluation)
  if (output.json) output.printJson(evaluation)
  else output.print(formatEvaluation(evaluation, output))
  return EXIT_CODES.done
}

interface Session {
  readonly found: FoundRun
  readonly planned: Planned
  readonly output: Output
}

/** As the run recorded its config, whatever that says of evaluating. A number that was asked for is not shrunk. */
async function planEvaluation(found: FoundRun, flags: CommonFlags): Promise<Planned> {
  const count = flags['count'] as number | undefined
  const set = [
    'evaluate.enabled=true',
    ...(count === undefined ? [] : [`evaluate.count=${count}`, 'evaluate.shrink=false']),
  ]
  const loaded = await loadRecordedConfig(found, set)
  const planned = await planConfig(loaded, { run: basename(found.folder), offline: true })
  requireSameDataset(found, planned.facts)
  const { facts, plan } = planned
  const manifest = facts.manifest!
  if (manifest.validation === 0) {
    throw new UserError(`${found.record.id} has no held-out rows, so there is nothing to measure with.`, {
      reason: 'preflight',
      code: 'nothing-held-out',
      hint: 'Hold some out in the next run: dataset.validation.count',
    })
  }
  return plan.pending.length === 0
    ? planned
    : { ...planned, plan: resolvePlan(plan, manifest, { specs: stageSpecs, facts }) }
}

/** Runs the stages that are not whole yet; `anew` those that are, too. */
async function evaluateAgain(
  { found, planned, output }: Session,
  names: readonly StageName[],
  anew: readonly StageName[] = [],
): Promise<Evaluation> {
  const { folder } = found
  const plan = output.complete(pickStages(planned.plan, names, anew))
  if (plan.stages.some(({ action }) => action !== 'reuse')) {
    // The document on stdout is one; what goes on is not shown beside it.
    const reporter = output.json ? null : await output.createReporter()
    reporter?.begin(outlinePlan(plan, { command: 'evaluate', target: `${output.here(folder)}/` }))
    try {
      await runStages({
        ...{ plan, facts: planned.facts, stages, run: folder, purpose: 'controlnet-kit evaluate', runPlan },
        report: (event) => void reporter?.report(event),
        onStop: () => output.say('Stopping. What is drawn is kept.'),
      })
    } finally {
      await reporter?.close()
    }
  }
  return JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8')) as Evaluation
}

function pickStages(plan: Plan, names: readonly StageName[], anew: readonly StageName[]): Plan {
  const picked = plan.stages.filter(({ name }) => names.includes(name))
  return {
    ...plan,
    stages: picked.map((stage) =>
      anew.includes(stage.name) ? { ...stage, action: 'rebuild' as const } : stage,
    ),
  }
}

/** Verified and evaluated like any model; where that fails, the model stays as it was. */
async function takeBest(session: Session, evaluation: Evaluation): Promise<Evaluation> {
  const { found, planned, output } = session
  const lastStep = planned.plan.training.total_steps
  const { step, isModel } = await chooseBestStep(found.folder, evaluation, lastStep)
  if (isModel) {
    output.say(`Step ${step}, the best of those that were evaluated, is the model already.`)
    return evaluation
  }
  const names = ['verify-model', 'evaluate-model'] as const
  const choice = { step, before: evaluation.step, lastStep }
  return withChosenStep(found.folder, choice, () => evaluateAgain(session, names, names))
}
