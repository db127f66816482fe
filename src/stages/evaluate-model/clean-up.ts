import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Evaluation } from '../../evaluation/evaluation-document.ts'
import { dropSteps } from '../../tools/runs/fidelity-files.ts'
import type { StageContext } from '../../types.ts'
import { modelSeries } from './evaluate-run.ts'
import { evaluationFolder } from './held-out-cases.ts'

/** Removes the weights and pictures of the steps that are neither the model's nor the best, as far as the config lets go of them. */
export async function cleanUp({ config, paths }: StageContext, { step, best }: Evaluation): Promise<void> {
  if (config.evaluate.keep === 'all') return
  const steps = [step, ...(best === null ? [] : [best])]
  await dropSteps(paths.run, steps)
  const folder = evaluationFolder(paths.run)
  const kept = steps.map(modelSeries)
  for (const name of await readdir(folder)) {
    if (name.startsWith('step-') && !kept.includes(name))
      await rm(join(folder, name), { recursive: true, force: true })
  }
}
