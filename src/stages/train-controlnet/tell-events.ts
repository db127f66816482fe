import { dirname } from 'node:path'
import { fileError } from '../../file-error.ts'
import { syncFolder, syncTree } from '../../tools/files/atomic-write.ts'
import { measureFolder } from '../../tools/files/measure-folder.ts'
import { findCheckpoints } from '../../tools/runs/checkpoint-files.ts'
import type { TrainerEvent, TrainerPhase } from '../../trainer/log/trainer-events.ts'
import type { StageContext } from '../../types.ts'
import type { TrainingLimits } from './training-limits.ts'
import type { TrainingRecord } from './training-record.ts'

const PHASE_WORDS: Readonly<Record<TrainerPhase, string>> = {
  loading: 'loading the models',
  dataset: 'preparing the dataset',
  training: '',
  saving: 'saving a checkpoint',
  previews: 'drawing previews',
  finishing: 'writing the model',
}

interface Watchers {
  readonly limits: TrainingLimits
  readonly record: TrainingRecord
  readonly stopWhenDue: () => void
}

/** Turns the trainer's events into ours and into the records of the run. */
export function tellEvents({ paths, report }: StageContext, { limits, record, stopWhenDue }: Watchers) {
  const checks: Promise<void>[] = []
  let stepAtMs: number | null = null

  const event = (one: TrainerEvent): void => {
    switch (one.type) {
      case 'train-step': {
        const now = Date.now()
        const seconds = one.seconds ?? (stepAtMs === null ? null : (now - stepAtMs) / 1000)
        stepAtMs = now
        limits.step(one.step, now)
        record.step({ step: one.step, loss: one.loss, lr: one.lr, seconds })
        return report({ type: 'train-step', step: one.step, total: one.total, loss: one.loss, lr: one.lr })
      }
      case 'checkpoint-saved': {
        const check = reportCheckpoint(paths.output, one.step, { report, limits }).then(stopWhenDue)
        // Whoever waits for all of them is told; nobody does where the attempt has failed otherwise.
        check.catch(() => undefined)
        checks.push(check)
        return
      }
      case 'fact':
        return
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
async function reportCheckpoint(
  output: string,
  step: number,
  { report, limits }: Pick<Watchers, 'limits'> & Pick<StageContext, 'report'>,
): Promise<void> {
  const checkpoint = (await findCheckpoints(output)).find((one) => one.step === step)
  if (checkpoint?.whole) {
    const bytes = await keepCheckpoint(checkpoint.path)
    report({ type: 'checkpoint-saved', step, path: checkpoint.path })
    return limits.saved(step, bytes, Date.now())
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
