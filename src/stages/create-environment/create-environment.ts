/** The Python environment: made with the pinned packages, or tried where the person brings it. */
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { planExtras } from '../../environment/extras.ts'
import { environmentKindOf, type EnvironmentKindName } from '../../environment/kinds.ts'
import { planEnvironment } from '../../environment/plan-environment.ts'
import type { Paths, PlanContext, Stage, StageContext, StageResult } from '../../types.ts'
import { makeVenv } from './make-venv.ts'
import { tryEnvironment } from './try-environment.ts'

export const createEnvironment: Stage = {
  spec: {
    name: 'create-environment',
    title: 'create environment',
    titleOf: ({ config }) => environmentKindOf(config).title,
    version: 1,
    failure: 'environment',
    needed: () => true,
    after: [],
    settings: () => null,
    // Extras change nothing that is learned: they are not in the key.
    inputs: (c) => plan(c).key,
    outputs: (c) => plan(c).outputs,
    stamp: (c) => environmentStamp(c.paths),
    commands: (c) => plan(c).commands,
    summary: (c) => plan(c).summary,
  },
  run,
}

/** Written last; without it, an environment that is there is checked before it is used again. */
export function environmentStamp({ environment }: Pick<Paths, 'environment'>): string {
  return join(environment, 'controlnet-kit.json')
}

function plan({ config, facts, paths, training }: Omit<PlanContext, 'trains'>) {
  const extras = planExtras(training.settings)
  return planEnvironment({ config, facts, extras, folder: paths.environment })
}

const WAYS: Readonly<Record<EnvironmentKindName, (context: StageContext) => Promise<StageResult>>> = {
  venv: makeVenv,
  current: tryEnvironment,
}

async function run(context: StageContext): Promise<StageResult> {
  refuseFailed(context)
  return WAYS[context.config.environment.kind](context)
}

function refuseFailed({ config, facts }: StageContext): void {
  const failed = planEnvironment({ config, facts }).checks.find((check) => check.status === 'fail')
  if (failed === undefined) return
  throw new UserError(`Expected ${failed.expected}; found ${failed.found}.`, {
    code: failed.code,
    hint: failed.remedy,
  })
}
