import { join } from 'node:path'
import { syncFile, syncFolder } from '../../tools/files/atomic-write.ts'
import { readMetrics } from '../../tools/runs/metrics-file.ts'
import { renderTrainerArguments } from '../../trainer/arguments.ts'
import { baseModelVariant } from '../../trainer/base-model/base-model-weights.ts'
import { planDevice } from '../../environment/device.ts'
import { planLaunchCommand } from '../../trainer/launch-command.ts'
import { MODEL_FILES } from '../../trainer/checkpoints.ts'
import { learnedSettings } from '../../trainer/learned-settings.ts'
import { planPreviews } from '../../trainer/previews.ts'
import { planTrainerScript } from '../../trainer/trainer-script.ts'
import type { PlanContext, Stage, StageContext, StageResult } from '../../types.ts'
import { judgeAttempt } from './judge-attempt.ts'
import { runTrainingAttempt } from './train-attempt.ts'
import { prepareTraining } from './train-preparation.ts'

/** Starts the trainer, or goes on from its newest whole checkpoint, until its model lies in `{run}/output`. */
export const trainControlnet: Stage = {
  spec: {
    name: 'train-controlnet',
    title: 'train controlnet',
    version: 1,
    failure: 'training',
    needed: () => true,
    after: ['write-dataset', 'create-environment', 'fetch-trainer', 'fetch-base-model', 'scale-controlnet'],
    settings: (c) => learnedSettings(c.config, c.training),
    inputs: trainerFiles,
    outputs: (c) => [
      `${c.paths.output}/config.json`,
      `${c.paths.output}/diffusion_pytorch_model.safetensors`,
    ],
    stamp: (c) => `${c.paths.run}/train-controlnet.json`,
    commands: (c) => [planTrainer(c)],
    summary: ({ training }) => `${training.total_steps} steps, effective batch ${training.effective_batch}`,
  },

  async run(context) {
    for (;;) {
      const start = await prepareTraining(context)
      if (start === null) return finished(context)
      const attempt = await runTrainingAttempt(context, start)
      if ((await judgeAttempt(context, start, attempt)) === 'again') continue
      await syncModel(context.paths.output)
      return finished(context)
    }
  },
}

/** Contents of what is executed. What train.py shares with other programs changes nothing that is learned. */
function trainerFiles({ config, facts }: PlanContext): unknown {
  if (config.train.engine === 'diffusers') return planTrainerScript({ config, facts }).sha256
  const own = Object.entries(facts.pythonFiles).filter(([name]) => /(^|\/)train\w*\.py$/.test(name))
  return Object.fromEntries(own)
}

function planTrainer({ config, facts, paths, training }: PlanContext) {
  const validation = planPreviews(config, paths, training)
  const { workingDirectory } = facts
  const variant = baseModelVariant(facts)
  const args = renderTrainerArguments({
    ...{ config, training, paths, validation, variant, workingDirectory },
    resume: null,
  })
  // A run that goes on keeps its number of processes, however many cards are free now.
  const gpus = planDevice(config, facts).gpus.slice(0, training.settings.num_processes)
  return planLaunchCommand({ config, paths, settings: training.settings, gpus, args })
}

function finished({ paths, plan }: StageContext): StageResult {
  const losses = readMetrics(join(paths.run, 'metrics.ndjson'))
    .slice(-20)
    .map((line) => line.loss)
    .filter((loss) => loss !== null)
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  const loss = losses.length === 0 ? '' : `, loss ${mean.toPrecision(2)}`
  return { line: `${plan.training.total_steps} steps${loss}` }
}

/** Before the stamp says that it is whole: upstream's script leaves it to the system when its files reach the disk. */
async function syncModel(output: string): Promise<void> {
  for (const { path } of MODEL_FILES) await syncFile(join(output, path))
  await syncFolder(output)
}
