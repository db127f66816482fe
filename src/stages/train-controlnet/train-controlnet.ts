import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StoppedError, ToolError, UserError } from '../../errors.ts'
import { findCheckpoints, findModelProblem, setAside } from '../../tools/runs/checkpoint-files.ts'
import { syncFile, syncFolder } from '../../tools/files/atomic-write.ts'
import { distrustVenv } from '../../tools/python/venv.ts'
import { readMetrics } from '../../tools/runs/metrics-file.ts'
import { renderTrainerArguments } from '../../trainer/arguments.ts'
import { baseModelVariant } from '../../trainer/base-model/base-model-weights.ts'
import { canBf16, planDevice } from '../../environment/device.ts'
import { planLaunchCommand } from '../../trainer/launch-command.ts'
import { MODEL_FILES } from '../../trainer/checkpoints.ts'
import { learnedSettings } from '../../trainer/learned-settings.ts'
import { planPreviews } from '../../trainer/previews.ts'
import {
  INCOMPLETE_ENVIRONMENT,
  trainerError,
  type TrainerFailure,
} from '../../trainer/verdicts/trainer-error.ts'
import { findOutsideStop, type StopSignal } from '../../trainer/verdicts/outside-stop.ts'
import { planTrainerScript } from '../../trainer/trainer-script.ts'
import type { PlanContext, Stage, StageContext, StageResult } from '../../types.ts'
import { environmentStamp } from '../create-environment/create-environment.ts'
import { runTrainingAttempt, type TrainingAttempt } from './train-attempt.ts'
import { prepareTraining } from './train-preparation.ts'
import { nanError, nanHint } from './training-watch.ts'

/** Starts the trainer, or goes on from its newest whole checkpoint, until its model lies in `{run}/output`. */
export const trainControlnet: Stage = {
  spec: {
    name: 'train-controlnet',
    title: 'train controlnet',
    version: 1,
    failure: 'training',
    needed: () => true,
    after: ['write-dataset', 'create-environment', 'fetch-trainer', 'fetch-base-model'],
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
    const start = await prepareTraining(context)
    if (start === null) return finished(context)
    const attempt = await runTrainingAttempt(context, start)
    await judge(context, attempt, start.command.args.join(' '))
    await syncModel(context.paths.output)
    return finished(context)
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

/** An exit code says little: 0 with a loss that is no number, 1 after the model was written. The files decide. */
async function judge(context: StageContext, attempt: TrainingAttempt, command: string): Promise<void> {
  const { paths, plan, signal, report } = context
  const { result, watch, limits, lines } = attempt
  if (signal.aborted && result.stopped) throw await stopped(context, nameOf(signal))
  if (watch.nanStep !== null || lines.some((line) => NOT_FINITE.test(line))) {
    throw await notFinite(context, watch.nanStep ?? watch.lastStep + 1)
  }
  if (watch.problem !== null) throw watch.problem
  if (limits.stop !== null && result.stopped) {
    report({ type: 'log', stage: null, message: limits.stop })
    throw await stopped(context, 'SIGTERM')
  }
  if (limits.problem !== null) throw limits.problem

  const problem = await modelProblem(paths.output, attempt.startedAtMs)
  const failure = {
    ...{ ...result, lines, command, logPath: attempt.logPath, step: watch.lastStep },
    ...{ settings: plan.training.settings, config: context.config, models: context.facts },
  }
  if (problem === null && watch.lastStep >= plan.training.total_steps) {
    if (result.exitCode === 0) return
    return report({
      type: 'warning',
      code: 'trainer-exit',
      message: `The model was written, then the trainer failed: ${trainerError(failure).message}`,
    })
  }
  const told = findOutsideStop({ signal: result.signal, lines })
  if (told !== null) {
    report({
      type: 'warning',
      code: 'trainer-told',
      message: `Somebody else stopped the trainer with ${told}.`,
    })
    throw await stopped(context, told)
  }
  if (result.exitCode !== 0) throw await failed(failure, context)
  throw new ToolError(
    `The trainer ended at step ${watch.lastStep} of ${plan.training.total_steps}` +
      (problem === null ? '.' : `: in ${paths.output}, ${problem}.`),
    { reason: 'training', command, ...result, lastLines: lines.slice(-20), logPath: attempt.logPath },
  )
}

/** An environment in which a package is missing is no longer taken for whole: the next run makes it anew. */
async function failed(failure: TrainerFailure, { paths }: StageContext): Promise<Error> {
  const error = trainerError(failure)
  if (error instanceof UserError && error.code === INCOMPLETE_ENVIRONMENT) {
    await distrustVenv(paths.environment)
    await rm(environmentStamp(paths), { force: true })
  }
  return error
}

/** The builtin engine's own words. */
const NOT_FINITE = /^train\.py: error: the loss is (nan|-?inf) at step/

async function stopped({ paths }: StageContext, signal: StopSignal): Promise<StoppedError> {
  return new StoppedError(
    signal,
    (await findCheckpoints(paths.output)).some((one) => one.whole),
  )
}

const nameOf = ({ reason }: AbortSignal): StopSignal => (reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT')

/** The weights went wrong in the update before: checkpoints from then on are set aside. */
async function notFinite({ paths, plan, config, facts }: StageContext, step: number): Promise<Error> {
  const checkpoints = await findCheckpoints(paths.output)
  for (const one of checkpoints.filter((one) => one.step >= step - 1)) {
    await setAside(paths.output, `checkpoint-${one.step}`)
  }
  const good = checkpoints.filter((one) => one.whole && one.step < step - 1).at(-1)
  const { gpus } = planDevice(config, facts)
  const hint = nanHint({
    learningRate: config.train.learning_rate,
    precision: plan.training.settings.mixed_precision,
    canBf16: gpus.length > 0 && gpus.every(canBf16),
  })
  return nanError(step, good?.step ?? null, hint)
}

async function modelProblem(output: string, sinceMs: number): Promise<string | null> {
  const problem = await findModelProblem(output)
  if (problem !== null) return problem
  const { mtimeMs } = await stat(join(output, 'diffusion_pytorch_model.safetensors'))
  // File systems round times, some to two seconds.
  return mtimeMs >= sinceMs - 2000 ? null : 'diffusion_pytorch_model.safetensors is older than this training'
}

/** Before the stamp says that it is whole: upstream's script leaves it to the system when its files reach the disk. */
async function syncModel(output: string): Promise<void> {
  for (const { path } of MODEL_FILES) await syncFile(join(output, path))
  await syncFolder(output)
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
