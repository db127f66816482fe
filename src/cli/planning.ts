/** Config → facts → plan: the first half of plan, prepare, train and resume. */
import { loadConfig, type LoadedConfig } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { gatherFacts } from '../facts.ts'
import { buildPlan, failedChecks } from '../plan/build-plan.ts'
import { stageSpecs } from '../stages/index.ts'
import type { Facts, Plan, StageName } from '../types.ts'
import type { CommonFlags } from './output.ts'

export const DEFAULT_CONFIG = './controlnet.yaml'

export interface Planned {
  readonly loaded: LoadedConfig
  readonly facts: Facts
  readonly plan: Plan
}

interface PlanningOptions {
  readonly file: string | undefined
  readonly flags: CommonFlags
  readonly until?: StageName
  readonly again?: boolean
  /** Ask nothing of the network. */
  readonly offline?: boolean
}

export async function loadPlan({ file, flags, until, again, offline }: PlanningOptions): Promise<Planned> {
  const given = file ?? DEFAULT_CONFIG
  const loaded = await loadConfig(given.replace(/^\.\//, ''), flags.set ?? [])
  const facts = await gatherFacts(loaded.config, {
    workingDirectory: process.cwd(),
    specs: stageSpecs,
    ...(offline === undefined ? {} : { offline }),
  })
  const plan = buildPlan({
    config: loaded.config,
    configFile: loaded.file,
    facts,
    specs: stageSpecs,
    ...(until === undefined ? {} : { until }),
    ...(again === undefined ? {} : { again }),
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
