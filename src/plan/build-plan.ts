/** Config + facts + stage specs → the plan: the very object that `plan` prints and `run.ts` carries out. Pure. */
import type {
  Check,
  Config,
  Facts,
  PlannedStage,
  Plan,
  PlanContext,
  RunFact,
  StageName,
  StageSpec,
  TrainingSettings,
} from '../types.ts'
import { planChecks } from './checks/plan-checks.ts'
import { planCondition } from './condition-questions.ts'
import { planEffects } from './effects.ts'
import { fingerprintOf } from './fingerprint.ts'
import { planPaths } from './paths.ts'
import { keepSettings } from '../presets/kept-settings.ts'
import { fillFingerprint } from './placeholders.ts'
import { explainSettings } from '../presets/explain-settings.ts'
import { planSettings } from '../presets/plan-settings.ts'
import { planModelParts } from '../trainer/base-model/model-parts.ts'
import { checkRun } from './checks/recorded-settings.ts'
import { GPU_PRICES } from './estimates/gpu-prices.ts'
import { planCost } from './estimates/plan-cost.ts'
import { findProcessor, planTime } from './estimates/plan-time.ts'
import { planDisk } from './estimates/plan-disk.ts'
import { estimateRows } from './estimates/estimate-rows.ts'
import { planMemory } from './estimates/plan-memory.ts'
import { orderStages } from './stage-order.ts'
import { decideStage, type Decision } from './stage-action.ts'
import { hasConstantRate } from '../trainer/learned-settings.ts'
import { planTraining } from './training-maths.ts'

export interface BuildPlanOptions {
  readonly config: Config
  /** As the person gave it, for messages. */
  readonly configFile: string | null
  readonly facts: Facts
  readonly specs: readonly StageSpec[]
  /** Plan no further than this stage (`prepare`). */
  readonly until?: StageName
  /** Take no finished or unfinished run into account (`train --again`). */
  readonly again?: boolean
  /** Id of the only run to go on with (`resume`). */
  readonly run?: string
  /** The config as that run recorded it, where `config` has other values over it. */
  readonly recorded?: Config
}

export function buildPlan(options: BuildPlanOptions): Plan {
  const { config, facts } = options
  const trains = options.until === undefined
  const { context, decisions, previous, isKept } = decideWithKeptSettings(
    options,
    planContext(config, facts, { trains }),
  )
  const known = rowsAreKnown(decisions)
  const { settings } = context.training
  const training = known
    ? context.training
    : planContext(config, facts, { kept: settings, ignoreManifest: true }).training
  const final: PlanContext = { ...context, training }
  const stages = decisions.map((decision) => plannedStage(decision, final))
  const dataset = stages.find(({ name }) => name === 'write-dataset')?.fingerprint ?? 'none'
  const going = previous ?? facts.runs.find(({ id }) => id === options.run) ?? null
  const estimated = { ...final, stages, previous, model: planModelParts(config, facts) }
  const plan: Plan = {
    v: 1,
    kit_version: facts.kitVersion,
    name: config.name,
    config_file: options.configFile,
    config,
    paths: context.paths,
    condition: planCondition(final, known),
    stages,
    training,
    settings_reason: explainSettings(settings, { config, facts, isKept }),
    memory: trains ? planMemory({ settings, config, facts }) : [],
    time: planTime({ ...estimated, processor: findProcessor(final) }),
    disk: planDisk(estimated),
    cost: trains ? planCost({ ...final, stages, prices: GPU_PRICES }) : null,
    effects: planEffects(stages, final),
    checks: addRunCheck(planChecks(final, stages, previous), final, going),
    previous_run: previous === null ? null : { id: previous.id, status: previous.status },
    pending: known ? [] : pendingValues(config, stages),
  }
  return fillFingerprint(plan, dataset)
}

/** `run`: the one that goes on, or that was to go on and is another training by now; null: none. */
function addRunCheck(checks: readonly Check[], context: PlanContext, run: RunFact | null): readonly Check[] {
  const check = context.trains ? checkRun(run, context, checks) : null
  return check === null ? checks : [...checks, check]
}

/** What the specs look at. The rows are those of the dataset on disk when there is one, else an estimate. */
export function planContext(
  config: Config,
  facts: Facts,
  {
    ignoreManifest = false,
    trains = true,
    kept,
  }: { ignoreManifest?: boolean; trains?: boolean; kept?: TrainingSettings } = {},
): PlanContext {
  const rows = estimateRows(config, ignoreManifest ? { ...facts, manifest: null } : facts)
  const model = planModelParts(config, facts)
  const settings = kept ?? planSettings(config, facts, { model, rows: rows.train })
  const training = planTraining(config, settings, rows)
  return { config, facts, paths: planPaths(config, facts, settings), training, trains }
}

export function failedChecks(plan: Plan): readonly Check[] {
  return plan.checks.filter(({ status }) => status === 'fail')
}

/** A run that goes on keeps the batch, precision and processes with which it began, so that it stays the same training. */
function decideWithKeptSettings(
  options: BuildPlanOptions,
  context: PlanContext,
): Decided & { readonly isKept: boolean } {
  const first = decideStages(options, context)
  const recorded = first.previous?.settings ?? null
  if (recorded === null) return { ...first, isKept: false }
  const hasBegun = first.previous?.checkpoint !== null
  const planned = context.training.settings
  const kept = keepSettings(options.config, { planned, recorded, hasBegun })
  const { trains } = context
  return {
    ...decideStages(options, planContext(options.config, options.facts, { trains, kept })),
    isKept: true,
  }
}

interface Decided {
  readonly context: PlanContext
  readonly decisions: readonly Decision[]
  readonly previous: RunFact | null
}

/** The stages in their order, each judged by its stamp; the run's own by the newest run with the same training. */
function decideStages(options: BuildPlanOptions, context: PlanContext): Decided {
  const { specs, facts, until, again, run: only } = options
  const decisions: Decision[] = []
  let previous: RunFact | null = null
  for (const spec of orderStages(specs, context)) {
    const earlier = decisions.filter(({ spec: { name } }) => spec.after.includes(name))
    const fingerprint = stageFingerprint(spec, context, earlier)
    if (spec.name === 'train-controlnet' && again !== true) {
      const runs = facts.runs.filter(({ id }) => only === undefined || id === only)
      const others = otherLengths(options, context).map((other) => stageFingerprint(spec, other, earlier))
      previous = runs.find((run) => [fingerprint, ...others].includes(run.fingerprint)) ?? null
    }
    decisions.push(decideStage({ spec, context, fingerprint, earlier, previous }))
    if (spec.name === until) break
  }
  return { context, decisions, previous }
}

/** Where the learning rate does not depend on the length, a training may be made longer or shorter while it goes on. */
function otherLengths({ config, recorded }: BuildPlanOptions, context: PlanContext): PlanContext[] {
  if (recorded === undefined || !hasConstantRate(config)) return []
  const { max_train_steps: _steps, ...train } = config.train
  const { max_train_steps, num_train_epochs } = recorded.train
  const length = { num_train_epochs, ...(max_train_steps !== undefined && { max_train_steps }) }
  return [{ ...context, config: { ...config, train: { ...train, ...length } } }]
}

function stageFingerprint(spec: StageSpec, context: PlanContext, earlier: readonly Decision[]): string {
  return fingerprintOf({
    name: spec.name,
    version: spec.version,
    settings: spec.settings(context),
    inputs: spec.inputs(context),
    after: earlier.map(({ fingerprint }) => fingerprint),
  })
}

function plannedStage({ spec, action, reason, fingerprint }: Decision, context: PlanContext): PlannedStage {
  return {
    name: spec.name,
    title: spec.titleOf?.(context) ?? spec.title,
    action,
    reason,
    summary: spec.summary(context),
    fingerprint,
    stamp: spec.stamp(context),
    commands: spec.commands(context),
    outputs: spec.outputs(context),
  }
}

function rowsAreKnown(decisions: readonly Decision[]): boolean {
  return decisions.find(({ spec }) => spec.name === 'write-dataset')?.action === 'reuse'
}

function pendingValues(config: Config, stages: readonly PlannedStage[]): Plan['pending'] {
  const paths = ['/training/rows', '/training/validation_rows', '/training/steps_per_epoch']
  if (config.train.max_train_steps === undefined) paths.push('/training/total_steps')
  paths.push('/training/checkpoints', '/training/previews')
  const train = stages.findIndex(({ name }) => name === 'train-controlnet')
  if (train >= 0) paths.push(`/stages/${train}/commands`)
  return paths.map((path) => ({ path, stage: 'write-dataset' }))
}
