/** Makes the pinned venv, whole or not at all. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { ensureVenv } from '../../tools/python/venv.ts'
import { planExtras } from '../../environment/extras.ts'
import { planEnvironment } from '../../environment/plan-environment.ts'
import { TORCH_VERSION } from '../../environment/pins.ts'
import type { Paths, PlanContext, Stage, StageContext, StageResult } from '../../types.ts'

const NAME = 'create-environment'

export const createEnvironment: Stage = {
  spec: {
    name: NAME,
    title: 'create environment',
    version: 1,
    failure: 'environment',
    needed: (c) => c.config.environment.kind === 'venv',
    after: [],
    settings: () => null,
    // Extras lie in a venv of their own; with or without them a training is the same.
    inputs: ({ config, facts }) => planEnvironment({ config, facts }).key,
    outputs: (c) => [c.paths.python, join(c.paths.environment, 'pyvenv.cfg')],
    stamp: (c) => environmentStamp(c.paths),
    commands: (c) => plan(c).commands,
    summary: (c) => `torch ${TORCH_VERSION} ${plan(c).backend}, ${c.config.train.engine} engine`,
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

async function run(context: StageContext): Promise<StageResult> {
  const { stage, paths, facts, report, signal } = context
  refuseWithoutPython(context)
  const how = await ensureVenv({
    folder: paths.environment,
    commands: stage.commands,
    anew: stage.action === 'rebuild',
    signal,
    tell: (note) => report({ stage: NAME, ...note }),
  })
  await access(paths.python)
  const python = facts.python.ok ? `Python ${facts.python.version}` : ''
  return {
    line: `torch ${TORCH_VERSION} ${planEnvironment(context).backend}, ${how === 'made' ? python : how}`,
  }
}

function refuseWithoutPython({ config, facts }: StageContext): void {
  const failed = planEnvironment({ config, facts }).checks.find((check) => check.status === 'fail')
  if (failed === undefined) return
  throw new UserError(`Expected ${failed.expected}; found ${failed.found}.`, {
    code: failed.code,
    hint: failed.remedy,
  })
}
