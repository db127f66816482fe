/** Makes the ControlNet that a training with `controlnet_init: scaled` starts from, scaled by the dataset's conditioning images. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRows } from '../../tools/files/read-rows.ts'
import { baseModelVariant } from '../../trainer/base-model/base-model-weights.ts'
import { planPythonCommand } from '../../trainer/launch-command.ts'
import type { Command, PlanContext, Stage } from '../../types.ts'
import { runFetch } from '../run-fetch.ts'

const NAME = 'scale-controlnet'
const CONDITIONS = 32

export const scaleControlnet: Stage = {
  spec: {
    name: NAME,
    title: 'scale controlnet',
    version: 1,
    failure: 'training',
    needed: ({ config }) => config.train.controlnet_init === 'scaled',
    after: ['write-dataset', 'create-environment', 'fetch-base-model'],
    settings: ({ config }) => ({ seed: config.train.seed }),
    inputs: ({ facts }) => facts.pythonFiles['python/scale_controlnet.py'] ?? null,
    outputs: ({ paths }) => [paths.initialControlnet],
    stamp: ({ paths }) => `${paths.initialControlnet}/controlnet-kit.json`,
    commands: (c) => [planScaling(c)],
    summary: () => `initial ControlNet, scaled by ${CONDITIONS} conditioning images`,
  },

  async run({ paths, stage, report, signal }) {
    const folder = paths.initialControlnet
    const conditions = conditionsOf(folder)
    for (const old of [folder, `${folder}.partial`, conditions])
      await rm(old, { recursive: true, force: true })
    await mkdir(conditions, { recursive: true })
    const columns = ['conditioning_image'] as const
    const rows = await readRows(paths.dataset, { split: 'train', count: CONDITIONS, columns })
    for (const [index, row] of rows.entries())
      await writeFile(join(conditions, `${String(index).padStart(2, '0')}.png`), row.conditioning_image)
    await runFetch(stage.commands[0]!, {
      ...{ signal, report, stage: NAME, what: 'the initial ControlNet', asksHub: false },
    })
    await rename(`${folder}.partial`, folder)
    await rm(conditions, { recursive: true })
    return { line: stage.summary }
  },
}

const conditionsOf = (folder: string): string => `${folder}.conditions`

function planScaling({ config, facts, paths }: PlanContext): Command {
  const variant = baseModelVariant(facts)
  const folder = paths.initialControlnet
  const args = [
    `--base_model=${paths.baseModel}`,
    `--conditions=${conditionsOf(folder)}`,
    `--output=${folder}.partial`,
    ...(variant === null ? [] : [`--variant=${variant}`]),
    `--seed=${config.train.seed}`,
  ]
  return {
    ...planPythonCommand({ config, paths }, 'scale_controlnet.py', { args, environment: {} }),
    cwd: paths.packageRoot,
  }
}
