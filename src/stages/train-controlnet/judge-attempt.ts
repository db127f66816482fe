/** How a training attempt ended, from its files, its events and its last words. */
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { stampFile } from '../../dataset/work-files.ts'
import { StoppedError, ToolError } from '../../errors.ts'
import { canBf16, planDevice } from '../../environment/device.ts'
import { distrustVenv } from '../../tools/python/venv.ts'
import { findCheckpoints, findModelProblem, setAside } from '../../tools/runs/checkpoint-files.ts'
import { findFreeBytes, marginBytes } from '../../presets/memory-need.ts'
import type { StopSignal } from '../../trainer/verdicts/trainer-verdict.ts'
import type { Repair, TrainerFailure } from '../../trainer/verdicts/failure-kind.ts'
import { judgeFailure, type TrainerVerdict } from '../../trainer/verdicts/trainer-verdict.ts'
import type { BrokenLoss } from '../../trainer/watch/checks/loss-check.ts'
import { lossError, lossHint } from '../../trainer/watch/checks/loss-error.ts'
import type { StageContext } from '../../types.ts'
import { formatAmount } from '../../words.ts'
import { environmentStamp } from '../create-environment/create-environment.ts'
import type { TrainingAttempt } from './train-attempt.ts'
import type { TrainingStart } from './train-preparation.ts'

/**
 * `done`: the model lies in `{run}/output`. `again`: the checkpoint that the trainer was given is damaged and was set aside; an
 * older one is to be tried. Throws whatever else became of it.
 *
 * An exit code says little: 0 with a loss that is no number, 1 after the model was written. The files decide.
 */
export async function judgeAttempt(
  context: StageContext,
  start: TrainingStart,
  attempt: TrainingAttempt,
): Promise<'done' | 'again'> {
  const { paths, plan, signal } = context
  const { result, watch, limits } = attempt
  tellKilled(context, attempt)
  if (signal.aborted && result.stopped) throw await stopped(context, nameOf(signal))
  const broken = watch.brokenLoss ?? findNotFinite(attempt)
  if (broken !== null) throw await lossBroke(context, broken)
  if (attempt.problem !== null) throw attempt.problem
  if (limits.stop !== null && result.stopped) {
    context.report({ type: 'log', stage: null, message: limits.stop })
    throw await stopped(context, 'SIGTERM')
  }
  if (limits.problem !== null) throw limits.problem

  const failure = describe(context, start, attempt)
  const problem = await modelProblem(paths.output, attempt.startedAtMs)
  if (problem === null && watch.lastStep >= plan.training.total_steps) {
    if (result.exitCode !== 0) warnOfExit(context, failure)
    return 'done'
  }
  if (result.exitCode === 0) throw endedEarly(context, failure, problem)
  return followVerdict(context, start, judgeFailure(failure))
}

async function followVerdict(
  context: StageContext,
  start: TrainingStart,
  { error, repair, stop }: TrainerVerdict,
): Promise<'again'> {
  const { report } = context
  if (stop !== null) {
    report({
      type: 'warning',
      code: 'trainer-told',
      message: `Somebody else stopped the trainer with ${stop}.`,
    })
    throw await stopped(context, stop)
  }
  const mended = repair === null ? false : await REPAIRS[repair](context, start)
  if (!mended) throw error
  report({ type: 'warning', code: 'checkpoint-damaged', message: `${error.message}\nAn older one is taken.` })
  return 'again'
}

/** What the kit mends itself; each returns whether the training can go on at once. */
const REPAIRS: Readonly<Record<Repair, (context: StageContext, start: TrainingStart) => Promise<boolean>>> = {
  /** An environment in which a package is missing is no longer taken for whole: the next run makes it anew. */
  async environment({ paths }) {
    await distrustVenv(paths.environment)
    await rm(environmentStamp(paths), { force: true })
    return false
  },
  /** Likewise a dataset that the trainer can't read: the next `prepare` or `train` writes it anew. */
  async dataset({ paths }) {
    await rm(stampFile(paths, 'write-dataset'), { force: true })
    return false
  },
  async checkpoint({ paths }, { step }) {
    if (step === 0) return false
    await setAside(paths.output, `checkpoint-${step}`)
    return true
  },
}

function describe({ plan, config, facts }: StageContext, start: TrainingStart, attempt: TrainingAttempt) {
  const { result, lines, logPath, watch } = attempt
  const { gpus } = planDevice(config, facts)
  const free = gpus.length === 0 ? null : findFreeBytes(gpus)
  return {
    ...{ ...result, lines, logPath, config, command: start.command.args.join(' ') },
    // The signal was the kit's own.
    ...(attempt.isHopeless && { signal: null }),
    ...{ step: watch.lastStep, settings: plan.training.settings, models: facts },
    roomBytes: free === null ? null : free - marginBytes(gpus),
  }
}

/** A process that does not end when it is told to hangs in a driver or a disk, or was stopped. */
function tellKilled({ report }: StageContext, { result: { killed } }: TrainingAttempt): void {
  if (killed === 0) return
  const processes = formatAmount(killed, 'process', 'processes')
  const message = `${processes} of the trainer did not end when told to, and had to be killed.`
  report({ type: 'warning', code: 'processes-killed', message })
}

function warnOfExit({ report }: StageContext, failure: TrainerFailure): void {
  const { error } = judgeFailure(failure)
  const message = `The model was written, then the trainer failed: ${error.message}`
  report({ type: 'warning', code: 'trainer-exit', message })
}

function endedEarly(
  { paths, plan }: StageContext,
  failure: TrainerFailure,
  problem: string | null,
): ToolError {
  const { step, lines, command, logPath, exitCode, signal } = failure
  const message = `The trainer ended at step ${step} of ${plan.training.total_steps}${
    problem === null ? '.' : `: in ${paths.output}, ${problem}.`
  }`
  return new ToolError(message, {
    ...{ reason: 'training', command, exitCode, signal, logPath },
    lastLines: lines.slice(-20),
  })
}

async function stopped(context: StageContext, signal: StopSignal): Promise<StoppedError> {
  return new StoppedError(signal, await hasCheckpoint(context))
}

const nameOf = ({ reason }: AbortSignal): StopSignal => (reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT')

async function hasCheckpoint({ paths }: StageContext): Promise<boolean> {
  return (await findCheckpoints(paths.output)).some((one) => one.whole)
}

/** The builtin engine ends by itself, with its own words. */
function findNotFinite({ lines, watch }: TrainingAttempt): BrokenLoss | null {
  const said = lines.some((line) => /^train\.py: error: the loss is (nan|-?inf) at step/.test(line))
  return said ? { word: 'NaN', step: watch.lastStep + 1 } : null
}

/** The weights went wrong in the update before: checkpoints from then on are set aside. */
async function lossBroke({ paths, plan, config, facts }: StageContext, broken: BrokenLoss): Promise<Error> {
  const checkpoints = await findCheckpoints(paths.output)
  for (const one of checkpoints.filter((one) => one.step >= broken.step - 1)) {
    await setAside(paths.output, `checkpoint-${one.step}`)
  }
  const good = checkpoints.filter((one) => one.whole && one.step < broken.step - 1).at(-1)
  const { gpus } = planDevice(config, facts)
  const hint = lossHint({
    learningRate: config.train.learning_rate,
    precision: plan.training.settings.mixed_precision,
    canBf16: gpus.length > 0 && gpus.every(canBf16),
  })
  return lossError({ broken, checkpoint: good?.step ?? null, hint })
}

async function modelProblem(output: string, sinceMs: number): Promise<string | null> {
  const problem = await findModelProblem(output)
  if (problem !== null) return problem
  const { mtimeMs } = await stat(join(output, 'diffusion_pytorch_model.safetensors'))
  // File systems round times, some to two seconds.
  return mtimeMs >= sinceMs - 2000 ? null : 'diffusion_pytorch_model.safetensors is older than this training'
}
