/** Settings that take less memory and learn the same: what to advise when a training does not fit its card. Pure. */
import type { Overrides } from '../next-step.ts'
import type { Config, TrainingSettings } from '../types.ts'
import { estimateNeededBytes, MARGIN_BYTES, memorySettings } from './memory-need.ts'
import { GPU_PRESETS, overridesPreset, type BatchSettings } from './index.ts'

export interface SmallerSettings {
  readonly neededBytes: number
  /** For `--set`. */
  readonly set: Overrides
}

interface SmallerInput {
  readonly settings: TrainingSettings
  readonly config: Pick<Config, 'train' | 'dataset'>
  /** Null: whatever takes less than these settings. */
  readonly freeBytes: number | null
}

type Candidate = Partial<BatchSettings> & { readonly set: Overrides; readonly unet?: boolean }

/** The first that fits, the fastest before the slower; null when there is none. The effective batch stays. */
export function findSmallerSettings({ settings, config, freeBytes }: SmallerInput): SmallerSettings | null {
  const need = ({ unet = false, set: _set, ...batch }: Candidate): number => {
    const of = memorySettings({ ...settings, ...batch }, config)
    return estimateNeededBytes({ ...of, gradient_checkpointing_unet: of.gradient_checkpointing_unet || unet })
  }
  const used = need({ set: {} })
  const limit = freeBytes === null ? used : Math.min(used, freeBytes - MARGIN_BYTES)
  const candidates = [
    ...presetCandidates(settings, config),
    ...batchCandidates(settings, config.train.engine),
  ]
    .map((candidate) => ({ set: candidate.set, neededBytes: need(candidate) }))
    .sort((a, b) => b.neededBytes - a.neededBytes)
  return candidates.find(({ neededBytes }) => neededBytes < used && neededBytes <= limit) ?? null
}

/** A preset helps only where the config leaves the batch to it, and keeps the effective batch. */
function presetCandidates(settings: TrainingSettings, { train }: Pick<Config, 'train'>): Candidate[] {
  if (overridesPreset(train)) return []
  const product = settings.train_batch_size * settings.gradient_accumulation_steps
  return GPU_PRESETS.filter(
    ({ settings: of }) => of.train_batch_size * of.gradient_accumulation_steps === product,
  ).map(({ name, settings: of }) => ({ ...of, set: { 'train.preset': name } }))
}

/** Every smaller batch with the same effective one, all with checkpointing, which costs less time than a smaller batch. */
function batchCandidates(settings: TrainingSettings, engine: Config['train']['engine']): Candidate[] {
  const { train_batch_size: size, gradient_accumulation_steps: accumulation } = settings
  const product = size * accumulation
  const sizes = Array.from({ length: size }, (_, index) => index + 1).filter((one) => product % one === 0)
  const checkpointed = settings.gradient_checkpointing ? {} : { 'train.gradient_checkpointing': true }
  const candidates = sizes.map((one): Candidate => {
    const batch = {
      train_batch_size: one,
      gradient_accumulation_steps: product / one,
      gradient_checkpointing: true,
    }
    const smaller = {
      'train.train_batch_size': one,
      'train.gradient_accumulation_steps': product / one,
    }
    return { ...batch, set: { ...(one === size ? {} : smaller), ...checkpointed } }
  })
  if (engine !== 'builtin') return candidates
  const unet = { 'train.gradient_checkpointing_unet': true }
  return [...candidates, ...candidates.map((one) => ({ ...one, unet: true, set: { ...one.set, ...unet } }))]
}
