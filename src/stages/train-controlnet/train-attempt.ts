/** One run of the training script: its logs to events and metrics, a watch over both. */
import { randomUUID } from 'node:crypto'
import { readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { UserError } from '../../errors.ts'
import { openAttemptLogs, type LogFile } from '../../tools/runs/log-file.ts'
import { runCommand, type CommandResult } from '../../tools/processes/process.ts'
import { createRedactor } from '../../tools/redact.ts'
import { parseCheckpointName } from '../../trainer/checkpoints.ts'
import { ENGINE_LOGS } from '../../trainer/log/engine-logs.ts'
import type { TrainerLogPart } from '../../trainer/log/trainer-events.ts'
import { isHopeless } from '../../trainer/watch/hopeless.ts'
import { isStackDump } from '../../trainer/watch/stack-dump.ts'
import { TrainingWatch } from '../../trainer/watch/training-watch.ts'
import type { StageContext } from '../../types.ts'
import { listenToSilence } from './listen-to-silence.ts'
import { tellEvents } from './tell-events.ts'
import { TrainingLimits } from './training-limits.ts'
import type { TrainingStart } from './train-preparation.ts'
import { openTrainingRecord } from './training-record.ts'

export interface TrainingAttempt {
  readonly result: CommandResult
  readonly watch: TrainingWatch
  readonly limits: TrainingLimits
  /** Why the kit itself ended it: it did something else than planned, or nothing any more. */
  readonly problem: UserError | null
  /** Whether the kit ended it because it waited for what could not come; its lines tell for what. */
  readonly isHopeless: boolean
  readonly startedAtMs: number
  /** The last lines of stderr, without bars and secrets. */
  readonly lines: readonly string[]
  readonly logPath: string
}

const LINES_KEPT = 300

/** Runs the trainer once: its output goes to log files, metrics and events. */
export async function runTrainingAttempt(
  context: StageContext,
  start: TrainingStart,
): Promise<TrainingAttempt> {
  const { config, paths, plan, report } = context
  const startedAtMs = Date.now()
  const watch = new TrainingWatch({ config, training: plan.training, start: start.step })
  const limits = openLimits(context, start.step)
  const stop = new AbortController()
  const redact = createRedactor()
  const logs = openAttemptLogs(join(paths.run, 'logs'), redact)
  const lines: string[] = []
  const stopWhenDue = () => {
    if (watch.problem !== null || limits.problem !== null || limits.stop !== null) stop.abort()
  }
  const record = await openTrainingRecord(context, () => stop.abort())
  const tell = tellEvents(context, { limits, record, stopWhenDue })
  let hopeless = false
  const marker = start.command.env['CNK_RUN_ID'] ?? randomUUID()
  const silence = listenToSilence({
    ...{ config, report, marker, stop, logPath: logs.stderr.path },
    step: () => watch.lastStep,
  })

  const follow = (part: TrainerLogPart, log: LogFile) => {
    log.write(part.lines)
    silence.hear(part)
    for (const event of part.events) {
      tell.event(event)
      watch.see(event).forEach(report)
    }
    stopWhenDue()
    if (log !== logs.stderr) return
    const own = part.lines.filter(({ text, bar }) => !bar && !isStackDump(text)).map(({ text }) => text)
    if (own.some(isHopeless)) {
      hopeless = true
      stop.abort()
    }
    lines.push(...own.map(redact))
    lines.splice(0, lines.length - LINES_KEPT)
  }
  const { open } = ENGINE_LOGS[config.train.engine]
  const parsers = { stdout: open(), stderr: open() }
  const command = { ...start.command, env: { ...start.command.env, CNK_RUN_ID: marker } }
  try {
    const result = await runCommand(command, {
      signal: AbortSignal.any([context.signal, stop.signal]),
      // A tracker may start a service of its own, which does not ask to end with us.
      isGuarded: true,
      onStart: silence.start,
      onStdout: (text) => follow(parsers.stdout.push(text), logs.stdout),
      onStderr: (text) => follow(parsers.stderr.push(text), logs.stderr),
    })
    follow(parsers.stdout.end(), logs.stdout)
    follow(parsers.stderr.end(), logs.stderr)
    await tell.settled()
    await record.close()
    const problem = watch.problem ?? silence.problem()
    return {
      ...{ result, watch, limits, problem, startedAtMs, lines },
      isHopeless: hopeless,
      logPath: logs.stderr.path,
    }
  } finally {
    silence.close()
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
