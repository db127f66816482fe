/** One run of the training script: its logs to events and metrics, a watch over both. */
import { readdirSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileError } from '../../file-error.ts'
import { syncFolder, syncTree } from '../../tools/files/atomic-write.ts'
import { measureFolder } from '../../tools/files/measure-folder.ts'
import { findCheckpoints } from '../../tools/runs/checkpoint-files.ts'
import { openAttemptLogs, type LogFile } from '../../tools/runs/log-file.ts'
import { runCommand, type CommandResult } from '../../tools/processes/process.ts'
import { createRedactor } from '../../tools/redact.ts'
import { ENGINE_LOGS } from '../../trainer/log/engine-logs.ts'
import { parseCheckpointName } from '../../trainer/checkpoints.ts'
import type { TrainerEvent, TrainerLogPart, TrainerPhase } from '../../trainer/log/trainer-events.ts'
import type { StageContext } from '../../types.ts'
import { keepForEvaluation } from './keep-for-evaluation.ts'
import type { TrainingStart } from './train-preparation.ts'
import { TrainingLimits } from './training-limits.ts'
import { openTrainingRecord, type TrainingRecord } from './training-record.ts'
import { TrainingWatch } from './training-watch.ts'

export interface TrainingAttempt {
  readonly result: CommandResult
  readonly watch: TrainingWatch
  readonly limits: TrainingLimits
  readonly startedAtMs: number
  /** The last lines of stderr, without bars and secrets. */
  readonly lines: readonly string[]
  readonly logPath: string
}

const LINES_KEPT = 300
const STALL_CHECK_MS = 15_000

/** Runs the trainer once: its output goes to log files, metrics and events. */
export async function runTrainingAttempt(
  context: StageContext,
  start: TrainingStart,
): Promise<TrainingAttempt> {
  const { paths, plan, report } = context
  const startedAtMs = Date.now()
  const watch = new TrainingWatch(plan.training, start.step, startedAtMs)
  const limits = openLimits(context, start.step)
  const stop = new AbortController()
  const redact = createRedactor()
  const logs = openAttemptLogs(join(paths.run, 'logs'), redact)
  const lines: string[] = []
  const stopWhenDue = () => {
    if (watch.problem !== null || limits.problem !== null || limits.stop !== null) stop.abort()
  }
  const record = await openTrainingRecord(context, () => stop.abort())
  const tell = tellEvents(context, { watch, limits, record, stopWhenDue })

  const follow = (part: TrainerLogPart, log: LogFile) => {
    watch.seen(Date.now())
    log.write(part.lines)
    part.events.forEach(tell.event)
    stopWhenDue()
    if (log !== logs.stderr) return
    lines.push(...part.lines.filter(({ bar }) => !bar).map(({ text }) => redact(text)))
    lines.splice(0, lines.length - LINES_KEPT)
  }
  const stallCheck = setInterval(() => warnWhenStalled(watch, report), STALL_CHECK_MS)
  const { open } = ENGINE_LOGS[context.config.train.engine]
  const parsers = { stdout: open(), stderr: open() }
  try {
    const result = await runCommand(start.command, {
      signal: AbortSignal.any([context.signal, stop.signal]),
      // A tracker may start a service of its own, which does not ask to end with us.
      isGuarded: true,
      onStdout: (text) => follow(parsers.stdout.push(text), logs.stdout),
      onStderr: (text) => follow(parsers.stderr.push(text), logs.stderr),
    })
    follow(parsers.stdout.end(), logs.stdout)
    follow(parsers.stderr.end(), logs.stderr)
    await tell.settled()
    await record.close()
    return { result, watch, limits, startedAtMs, lines, logPath: logs.stderr.path }
  } finally {
    clearInterval(stallCheck)
    // What failed before is the error to tell.
    await record.close().catch(() => undefined)
    logs.stdout.close()
    logs.stderr.close()
  }
}

function openLimits({ paths, plan, config, deadlineMs = Infinity }: StageContext, startStep: number) {
  const { engine, checkpoints_total_limit: limit } = config.train
  return new TrainingLimits({
    ...{ training: plan.training, startStep, deadlineMs },
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(paths.output)
      return bavail * bsize
    },
    // Upstream's script removes an old one first, the builtin engine when the new one is whole.
    removedBytes: (bytes) => (engine === 'diffusers' && countCheckpoints(paths.output) >= limit ? bytes : 0),
  })
}

const countCheckpoints = (output: string): number =>
  readdirSync(output).filter((name) => parseCheckpointName(name) !== null).length

const PHASE_WORDS: Readonly<Record<TrainerPhase, string>> = {
  loading: 'loading the models',
  dataset: 'preparing the dataset',
  training: '',
  saving: 'saving a checkpoint',
  previews: 'drawing previews',
  finishing: 'writing the model',
}

interface Watchers {
  readonly watch: TrainingWatch
  readonly limits: TrainingLimits
  readonly record: TrainingRecord
  readonly stopWhenDue: () => void
}

/** Turns the trainer's events into ours, records and findings. */
function tellEvents(context: StageContext, { watch, limits, record, stopWhenDue }: Watchers) {
  const { report } = context
  const checks: Promise<void>[] = []
  let stepAtMs: number | null = null

  const event = (one: TrainerEvent): void => {
    switch (one.type) {
      case 'train-step': {
        const now = Date.now()
        const seconds = one.seconds ?? (stepAtMs === null ? null : (now - stepAtMs) / 1000)
        stepAtMs = now
        watch.step(one.step, one.loss, now)
        limits.step(one.step, now)
        record.step({ step: one.step, loss: one.loss, lr: one.lr, seconds })
        return report({ type: 'train-step', step: one.step, total: one.total, loss: one.loss, lr: one.lr })
      }
      case 'checkpoint-saved': {
        const check = reportCheckpoint(context, one.step, limits).then(stopWhenDue)
        // Whoever waits for all of them is told; nobody does where the attempt has failed otherwise.
        check.catch(() => undefined)
        checks.push(check)
        return
      }
      case 'fact':
        return watch.fact(one.name, one.value)
      case 'phase':
        if (PHASE_WORDS[one.phase] !== '') {
          report({ type: 'log', stage: 'train-controlnet', message: PHASE_WORDS[one.phase] })
        }
        return
      case 'sample':
        return record.preview(one)
      case 'validation-loss':
        if (one.loss === null) return
        record.validationLoss(one.step, one.loss)
        return report({ type: 'metric', name: 'validation_loss', value: one.loss })
      case 'warning':
        return report(one)
      case 'resumed':
        return report({ type: 'log', stage: 'train-controlnet', message: `going on from step ${one.step}` })
    }
  }
  return { event, settled: () => Promise.all(checks) }
}

/** The trainer says `saved` of everything that it has written; the files tell whether that is so. */
async function reportCheckpoint(context: StageContext, step: number, limits: TrainingLimits): Promise<void> {
  const { paths, report } = context
  const checkpoint = (await findCheckpoints(paths.output)).find((one) => one.step === step)
  if (checkpoint?.whole) {
    const bytes = await keepCheckpoint(checkpoint.path)
    report({ type: 'checkpoint-saved', step, path: checkpoint.path })
    limits.saved(step, bytes, Date.now())
    return keepForEvaluation(context, [checkpoint])
  }
  report({
    type: 'warning',
    code: 'checkpoint-incomplete',
    message: `Checkpoint ${step} is not whole: ${checkpoint?.problem ?? 'it is missing'}`,
  })
}

/**
 * Upstream's script leaves it to the system when a checkpoint reaches the disk. A power cut must not take it. Returns its size; null where
 * the trainer, far ahead, has removed it already to make room for later ones.
 */
async function keepCheckpoint(path: string): Promise<number | null> {
  try {
    await syncTree(path)
    await syncFolder(dirname(path))
    return await measureFolder(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw fileError(error, path)
  }
}

function warnWhenStalled(watch: TrainingWatch, report: StageContext['report']): void {
  const silentMs = watch.stalledMs(Date.now())
  if (silentMs === null) return
  const message = `The trainer has said nothing for ${Math.round(silentMs / 60_000)} minutes.`
  try {
    report({ type: 'warning', code: 'training-stalled', message })
  } catch {
    // A full disk: what the trainer says next can't be written either, and that ends the attempt.
  }
}
