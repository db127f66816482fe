/** What the trainer recorded in earlier attempts, for a training that goes on: the kit may have been killed before it read it. */
import { existsSync } from 'node:fs'
import { followEventFiles } from '../../tools/runs/event-files.ts'
import { trimMetrics, type MetricLine, type ValidationLine } from '../../tools/runs/metrics-file.ts'
import { boardFolder } from '../../trainer/arguments.ts'
import { trackBoardSteps, type BoardStep } from '../../trainer/log/board-steps.ts'
import { ENGINE_LOGS } from '../../trainer/log/engine-logs.ts'
import type { StageContext } from '../../types.ts'
import { cutBoardPreviews, recordPreview } from './preview-pictures.ts'
import { metricsFile } from './training-record.ts'

/** Makes `metrics.ndjson` one curve up to `lastStep`, and cuts out the previews up to it that are not in `samples/` yet. */
export async function gatherEarlierAttempts(context: StageContext, lastStep: number): Promise<void> {
  const { config, paths, plan } = context
  const engine = ENGINE_LOGS[config.train.engine]
  const steps: BoardStep[] = []
  const validations: ValidationLine[] = []
  if (lastStep > 0) {
    await followEventFiles(boardFolder(paths, config.train.extra), () => {
      const track = trackBoardSteps(engine.recordsPerStep(plan.training.settings))
      const previews = cutBoardPreviews(context, {
        wanted: (step, path) => step <= lastStep && !existsSync(path),
      })
      return async (event) => {
        const step = track(event)
        if (step !== null) steps.push(step)
        for (const value of event.values) {
          if (value.kind === 'scalar' && value.tag === 'validation_loss' && Number.isFinite(value.value))
            validations.push({ step: event.step, validation_loss: value.value })
        }
        if (engine.previewsOnBoard) for (const preview of await previews(event)) recordPreview(paths, preview)
      }
    }).read()
  }
  await trimMetrics(metricsFile(paths), lastStep, [...newestLast(steps), ...validations])
}

/** Attempts overlap: what was done last is what the training went on with. */
function newestLast(steps: readonly BoardStep[]): MetricLine[] {
  return steps
    .toSorted((a, b) => a.wallTime - b.wallTime)
    .map(({ step, loss, lr, seconds }) => ({ step, loss, lr, seconds }))
}
