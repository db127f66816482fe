/** What must be there before the training script starts. */
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  findCheckpoints,
  findModelProblem,
  quarantineCheckpoints,
  setAside,
  type Checkpoint,
} from '../../tools/runs/checkpoint-files.ts'
import { syncFile } from '../../tools/files/atomic-write.ts'
import { findChecksumProblem } from '../../tools/runs/checkpoint-checksums.ts'
import { claimDatasetCopy } from '../../tools/files/dataset-copies.ts'
import { linkDataset } from '../../tools/files/link-dataset.ts'
import { renderAccelerateConfig } from '../../trainer/accelerate-config.ts'
import { withResume } from '../../trainer/arguments.ts'
import { planPreviews } from '../../trainer/previews.ts'
import type { Command, StageContext } from '../../types.ts'
import { tryAgain } from '../create-environment/try-environment.ts'
import { checkTrainingScript } from '../fetch-trainer/check-training-script.ts'
import { gatherEarlierAttempts } from './earlier-attempts.ts'
import { writeEnvironmentRecord } from './environment-record.ts'
import { forgetLaterSteps, keepForEvaluation } from './keep-for-evaluation.ts'
import { writeConditions } from './held-out-conditions.ts'
import { tryEightBitAdam } from './try-8bit-adam.ts'

export interface TrainingStart {
  readonly command: Command
  /** 0 for a fresh start. */
  readonly step: number
}

/** Makes all that the command names and checks what the trainer would find too late. Null: there is nothing to train. */
export async function prepareTraining(context: StageContext): Promise<TrainingStart | null> {
  const { paths, plan, stage } = context
  await checkTrainingScript(context)
  await tryEightBitAdam(context)
  for (const folder of [paths.output, join(paths.run, 'samples')]) await mkdir(folder, { recursive: true })
  await claimDatasetCopy(paths.datasetsCache, paths.dataset)
  await tryAgain(context)
  await writeEnvironmentRecord(context)
  if (paths.trainingData !== paths.dataset) await linkDataset(paths.dataset, paths.trainingData)
  await writeConditions(context, Math.max(1, planPreviews(plan.config, paths, plan.training).images.length))
  await writeFile(join(paths.run, 'accelerate.yaml'), renderAccelerateConfig(plan.training.settings))

  const { checkpoint, all } = await findStart(context)
  // Of those of an attempt that was killed before they were kept.
  await keepForEvaluation(context, all)
  const step = checkpoint?.step ?? 0
  await forgetLaterSteps(context, step)
  await gatherEarlierAttempts(context, step)
  if (checkpoint !== null && step >= plan.training.total_steps) {
    await takeModel(checkpoint, paths.output)
    return null
  }
  const planned = stage.commands[0]!
  const command =
    checkpoint === null ? planned : { ...planned, args: withResume(planned.args, `checkpoint-${step}`) }
  await writeFile(join(paths.run, 'command.json'), `${JSON.stringify(command, null, 2)}\n`)
  return { command, step }
}

interface Found {
  /** The newest whole one. */
  readonly checkpoint: Checkpoint | null
  readonly all: readonly Checkpoint[]
}

/** What is unfinished is set aside, or the trainer would stumble over it. */
async function findStart({ paths, report }: StageContext): Promise<Found> {
  for (const name of await quarantineCheckpoints(paths.output)) {
    report({
      type: 'warning',
      code: 'checkpoint-incomplete',
      message: `An unfinished checkpoint was set aside: ${join(paths.output, name)}`,
    })
  }
  const checkpoints = (await findCheckpoints(paths.output)).filter((one) => one.whole)
  for (const checkpoint of checkpoints.toReversed()) {
    const problem = await findChecksumProblem(checkpoint.path)
    if (problem === null)
      return { checkpoint, all: checkpoints.filter(({ step }) => step <= checkpoint.step) }
    const name = await setAside(paths.output, basename(checkpoint.path))
    report({
      type: 'warning',
      code: 'checkpoint-damaged',
      message: `Checkpoint ${checkpoint.step} is damaged: ${problem}. It was set aside: ${join(paths.output, name)}`,
    })
  }
  return { checkpoint: null, all: [] }
}

/** A training that was cut after its last step: the checkpoint's weights are the finished model's. */
async function takeModel(checkpoint: Checkpoint, output: string): Promise<void> {
  if ((await findModelProblem(output)) === null) return
  for (const name of ['config.json', 'diffusion_pytorch_model.safetensors']) {
    await copyFile(join(checkpoint.path, 'controlnet', name), join(output, `.${name}.tmp`))
    await syncFile(join(output, `.${name}.tmp`))
    await rename(join(output, `.${name}.tmp`), join(output, name))
  }
}
