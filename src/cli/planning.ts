/** Config → facts → plan: the first half of plan, prepare, train and resume. */
import { loadConfig, type LoadedConfig } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { gatherFacts } from '../facts.ts'
import { buildPlan, failedChecks } from '../plan/build-plan.ts'
import { stageSpecs } from '../stages/index.ts'
import type { Facts, Plan, StageName } from '../types.ts'
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
  /** Ask nothing of the network. */
  readonly offline?: boolean
  /** Plan for this card, not for those of this machine. */
  readonly gpu?: string
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
  const { until, again, run, offline, gpu } = options
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
  })
  return { loaded, facts, plan }
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
