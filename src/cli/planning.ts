/** Config → facts → plan: the first half of plan, prepare, train and resume. */
import { loadConfig, type LoadedConfig } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { gatherFacts } from '../facts.ts'
import { measureStepTime } from '../actions/runs/step-time.ts'
import { buildPlan, failedChecks } from '../plan/build-plan.ts'
import { checkMaxTime } from '../plan/checks/time-check.ts'
import { stageSpecs } from '../stages/index.ts'
import type { Config, Facts, Plan, StageName } from '../types.ts'
import { DEFAULT_CONFIG, type CommonFlags } from './output.ts'

export interface Planned {
  readonly loaded: LoadedConfig
  readonly facts: Facts
  readonly plan: Plan
}

interface PlanningOptions {
  readonly until?: StageName
  readonly again?: boolean
  /** Go on with this run alone. */
  readonly run?: string
  /** The config as that run recorded it. */
  readonly recorded?: Config
  /** Ask nothing of the network. */
  readonly offline?: boolean
  /** Plan for this card, not for those of this machine. */
  readonly gpu?: string
  /** The time that the command may take. */
  readonly maxTimeSeconds?: number
}

interface ConfigOptions extends PlanningOptions {
  readonly file: string | undefined
  readonly flags: CommonFlags
}

export async function loadPlan({ file, flags, ...options }: ConfigOptions): Promise<Planned> {
  const given = file ?? DEFAULT_CONFIG
  return planConfig(await loadConfig(given.replace(/^\.\//, ''), flags.set ?? []), options)
}

export async function planConfig(loaded: LoadedConfig, options: PlanningOptions): Promise<Planned> {
  const { until, again, run, recorded, offline, gpu, maxTimeSeconds } = options
  const facts = await gatherFacts(loaded.config, {
    workingDirectory: process.cwd(),
    specs: stageSpecs,
    ...(offline === undefined ? {} : { offline }),
    ...(gpu === undefined ? {} : { gpu }),
  })
  const plan = buildPlan({
    config: loaded.config,
    configFile: loaded.file,
    facts,
    specs: stageSpecs,
    ...(until === undefined ? {} : { until }),
    ...(again === undefined ? {} : { again }),
    ...(run === undefined ? {} : { run }),
    ...(recorded === undefined ? {} : { recorded }),
  })
  const planned = { loaded, facts, plan }
  return maxTimeSeconds === undefined ? planned : addTimeCheck(planned, maxTimeSeconds)
}

async function addTimeCheck({ loaded, facts, plan }: Planned, maxTimeSeconds: number): Promise<Planned> {
  const previous = facts.runs.find(({ id }) => id === plan.previous_run?.id)
  const { training } = plan
  const secondsPerStep = await measureStepTime(facts.runs, training.settings)
  const startStep = previous?.checkpoint ?? 0
  const check = checkMaxTime({ maxTimeSeconds, training, startStep, secondsPerStep })
  return { loaded, facts, plan: { ...plan, checks: [...plan.checks, check] } }
}

/** `--max-time`, as options of planning and of carrying out. */
export function maxTimeOf(flags: CommonFlags): { readonly maxTimeSeconds?: number } {
  const given = flags['maxTime'] as number | undefined
  return given === undefined ? {} : { maxTimeSeconds: given }
}

/** Throws when a check failed: nothing may start. */
export function refuseFailedChecks({ loaded, plan }: Planned): void {
  const failed = failedChecks(plan)
  if (failed.length === 0) return
  const [first] = failed
  const problems = failed.map(({ path, found, expected }) => ({
    where: typeof path === 'string' ? loaded.locate(path.split('.')) : null,
    path: path ?? null,
    message: `${found}; expected ${expected}`,
  }))
  throw new UserError(
    failed.length === 1
      ? 'One check failed, so nothing was started.'
      : `${failed.length} checks failed, so nothing was started.`,
    {
      reason: 'preflight',
      problems,
      hint: [...new Set(failed.map(({ remedy }) => remedy))].join('\n'),
      ...(first === undefined ? {} : { code: first.code }),
    },
  )
}
