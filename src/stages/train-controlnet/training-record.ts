/** What a training leaves behind while it runs: `metrics.ndjson` and the previews in `samples/`. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { followEventFiles } from '../../tools/runs/event-files.ts'
import { appendMetric, type MetricLine } from '../../tools/runs/metrics-file.ts'
import { boardFolder } from '../../trainer/arguments.ts'
import { trackBoardSteps } from '../../trainer/log/board-steps.ts'
import { ENGINE_LOGS } from '../../trainer/log/engine-logs.ts'
import type { StageContext } from '../../types.ts'
import { cutBoardPreviews, recordPreview, type Preview } from './preview-pictures.ts'

export interface TrainingRecord {
  /** A step as the log tells it, with fewer digits: it is written where the event file does not have the step. */
  step(line: MetricLine): void
  /** The loss of the held-out rows after a step. */
  validationLoss(step: number, loss: number): void
  preview(preview: Preview): void
  /** Ends when all that the trainer wrote is recorded. Throws what could not be written. A second call does nothing. */
  close(): Promise<void>
}

const READ_EVERY_MS = 1000

/**
 * Steps come from TensorBoard's event file, which has every one of them in float32. `onFailure` is called when
 * something can't be written: the training must not go on then.
 */
export async function openTrainingRecord(
  context: StageContext,
  onFailure: () => void,
): Promise<TrainingRecord> {
  const { config, paths, plan, report } = context
  const metrics = metricsFile(paths)
  const engine = ENGINE_LOGS[config.train.engine]
  /** Steps of the log that the event file has not told yet; `old` ones were there at the last look. */
  const open = new Map<number, { line: MetricLine; old: boolean }>()
  /** The newest step that the event file has told. */
  let boardStep = 0
  const told = new Set<string>()
  let failure: { error: unknown } | null = null

  const preview = (one: Preview): void => {
    recordPreview(paths, one)
    report({ type: 'sample', step: one.step, path: one.path })
  }
  const files = followEventFiles(boardFolder(paths, config.train.extra), () => {
    const steps = trackBoardSteps(engine.recordsPerStep(plan.training.settings))
    const previews = cutBoardPreviews(context)
    return async (event) => {
      const found = steps(event)
      if (found !== null) {
        const { step, loss, lr, seconds } = found
        appendMetric(metrics, { step, loss, lr, seconds })
        boardStep = step
        open.delete(step)
      }
      if (engine.previewsOnBoard) (await previews(event)).forEach(preview)
    }
  })
  const writeOpen = (all: boolean): void => {
    for (const [step, entry] of open) {
      if (all || entry.old) {
        appendMetric(metrics, entry.line)
        open.delete(step)
      } else entry.old = true
    }
  }
  const look = async (isLast: boolean): Promise<void> => {
    await files.read()
    writeOpen(isLast)
    for (const message of files.problems()) {
      if (!told.has(message)) report({ type: 'warning', code: 'event-file-damaged', message })
      told.add(message)
    }
  }
  const fail = (error: unknown): void => {
    failure ??= { error }
    onFailure()
  }

  await files.skip()
  const ended = new AbortController()
  const looking = lookAgainAndAgain(() => look(false), ended.signal).catch(fail)
  return {
    step: (line) => void (line.step > boardStep && open.set(line.step, { line, old: false })),
    validationLoss: (step, loss) => appendMetric(metrics, { step, validation_loss: loss }),
    preview,
    async close() {
      if (ended.signal.aborted) return
      ended.abort()
      await looking
      if (failure !== null) throw failure.error
      await look(true)
    },
  }
}

export const metricsFile = ({ run }: StageContext['paths']): string => join(run, 'metrics.ndjson')

async function lookAgainAndAgain(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await look()
    await wait(READ_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}
