/** Settings that take less memory and learn the same: what to advise when a training does not fit its card. Pure. */
import type { Overrides } from '../next-step.ts'
import type { Config, TrainingSettings } from '../types.ts'
import { estimateMemory, memorySettings } from './memory-need.ts'
import type { ModelParts } from './memory-model.ts'
import { GPU_PRESETS, overridesPreset } from './index.ts'
import { divisorsOf, splitBatch } from './split-batch.ts'

export interface SmallerSettings {
  readonly neededBytes: number
  /** Name of the preset; null: other keys. */
  readonly preset: string | null
  /** For `--set`. */
  readonly set: Overrides
}

interface SmallerInput {
  readonly settings: TrainingSettings
  readonly config: Pick<Config, 'train' | 'dataset'>
  readonly model: ModelParts
  /** Bytes that may be taken. Null: whatever takes less than these settings. */
  readonly roomBytes: number | null
  /** True where training has begun: its optimiser can't become another one. */
  readonly keepsOptimiser?: boolean
  readonly presetsOnly?: boolean
}

interface Candidate {
  readonly change: Partial<TrainingSettings>
  readonly set: Overrides
  readonly preset: string | null
}

/** Where nobody knows how much is missing, a few hundredths less would hardly help. */
const WORTHWHILE = 0.93

/** A preset before other keys, the fastest that fits before the slower; null when there is none. The effective batch stays. */
export function findSmallerSettings(input: SmallerInput): SmallerSettings | null {
  const { settings, config, model, roomBytes, presetsOnly = false } = input
  const need = (change: Partial<TrainingSettings>): number =>
    estimateMemory(memorySettings({ ...settings, ...change }, config), model).neededBytes
  const used = need({})
  const groups = [presetCandidates(input), presetsOnly ? [] : ownCandidates(input)].map((group) =>
    group
      .map(({ change, set, preset }) => ({ set, preset, neededBytes: need(change) }))
      .filter(({ neededBytes }) => neededBytes < used)
      .sort((a, b) => b.neededBytes - a.neededBytes),
  )
  const all = groups.flat()
  const limit = roomBytes ?? used * WORTHWHILE
  const fitting = all.find(({ neededBytes }) => neededBytes <= limit)
  return fitting ?? (roomBytes === null ? all[0] : null) ?? null
}

/** A preset helps only where the config leaves all that it decides to it. */
function presetCandidates({ settings, config: { train }, keepsOptimiser }: SmallerInput): Candidate[] {
  if (overridesPreset(train)) return []
  return GPU_PRESETS.filter(({ name }) => name !== settings.preset).map(({ name, settings: of }) => {
    const { largestBatch, ...levers } = of[train.engine]
    const kept = keepsOptimiser === true ? { use_8bit_adam: settings.use_8bit_adam } : {}
    const change = {
      ...splitBatch({ train, processes: settings.num_processes, largestBatch }),
      ...levers,
      ...kept,
    }
    return { change, set: { 'train.preset': name }, preset: name }
  })
}

/** Keys for what the presets decide: smaller batches, all with checkpointing, which costs less time; then further levers. */
function ownCandidates(input: SmallerInput): Candidate[] {
  const batches = batchCandidates(input.settings)
  const { settings, config, keepsOptimiser } = input
  const unet = withLever(batches, 'gradient_checkpointing_unet', config.train.engine === 'builtin')
  const isOpen =
    keepsOptimiser !== true && !settings.use_8bit_adam && config.train.use_8bit_adam === undefined
  return [...batches, ...unet, ...withLever([...batches, ...unet], 'use_8bit_adam', isOpen)]
}

function withLever(
  candidates: readonly Candidate[],
  lever: 'gradient_checkpointing_unet' | 'use_8bit_adam',
  isOpen: boolean,
): Candidate[] {
  if (!isOpen) return []
  return candidates.map(({ change, set }) => ({
    change: { ...change, [lever]: true },
    set: { ...set, [`train.${lever}`]: true },
    preset: null,
  }))
}

function batchCandidates(settings: TrainingSettings): Candidate[] {
  const { train_batch_size: size, gradient_accumulation_steps: accumulation } = settings
  const product = size * accumulation
  const checkpointed = settings.gradient_checkpointing ? {} : { 'train.gradient_checkpointing': true }
  return divisorsOf(product)
    .filter((one) => one <= size)
    .map((one): Candidate => {
      const batch = { train_batch_size: one, gradient_accumulation_steps: product / one }
      const smaller = {
        'train.train_batch_size': one,
        'train.gradient_accumulation_steps': product / one,
      }
      return {
        change: { ...batch, gradient_checkpointing: true },
        set: { ...(one === size ? {} : smaller), ...checkpointed },
        preset: null,
      }
    })
}
