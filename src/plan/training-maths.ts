/**
 * Steps, batches and cadences, as diffusers' train_controlnet.py and the builtin engine count them. A step is an
 * optimiser step:  batches = ceil(ceil(rows / batch) / processes);  steps an epoch = ceil(batches / accumulation).
 */
import { drawnRows } from '../trainer/extra-flags.ts'
import type { Config, TrainingMaths, TrainingSettings } from '../types.ts'

interface Rows {
  readonly train: number
  readonly validation: number
}

/** Cadences aim at this many checkpoints and preview rounds in a run, at ends of epochs where that is close. */
const CHECKPOINTS_IN_A_RUN = 5

export function planTraining(config: Config, settings: TrainingSettings, rows: Rows): TrainingMaths {
  const { train } = config
  const drawn = drawnRows(train.extra, rows.train)
  const batches = Math.ceil(Math.ceil(drawn / settings.train_batch_size) / settings.num_processes)
  const stepsPerEpoch = Math.max(1, Math.ceil(batches / settings.gradient_accumulation_steps))
  const total = train.max_train_steps ?? stepsPerEpoch * train.num_train_epochs
  const cadence = planCadence(total, stepsPerEpoch)
  const checkpointEvery = Math.min(train.checkpointing_steps ?? cadence, total)
  const previewEvery = Math.min(train.validation_steps ?? cadence, total)
  return {
    rows: drawn,
    validation_rows: rows.validation,
    settings,
    effective_batch:
      settings.train_batch_size * settings.gradient_accumulation_steps * settings.num_processes,
    steps_per_epoch: stepsPerEpoch,
    total_steps: total,
    checkpoints: { every: checkpointEvery, count: Math.floor(total / checkpointEvery) },
    previews: {
      every: previewEvery,
      count: rows.validation === 0 ? 0 : Math.floor(total / previewEvery) + 1,
    },
  }
}

/** Whole epochs where they are near the aim (upstream's script resumes exactly only there), else a plain fraction. */
function planCadence(total: number, stepsPerEpoch: number): number {
  const aim = Math.ceil(total / CHECKPOINTS_IN_A_RUN)
  const epochs = Math.round(aim / stepsPerEpoch)
  return epochs >= 1 && epochs * stepsPerEpoch <= total ? epochs * stepsPerEpoch : aim
}
