/** Whether a training fits the free memory of its cards. Pure. */
import { setWords } from '../../next-step.ts'
import { planDevice } from '../../environment/device.ts'
import { estimateNeededBytes, MARGIN_BYTES, memorySettings } from '../../presets/memory-need.ts'
import { GPU_PRESET_NAMES, GPU_PRESETS } from '../../presets/index.ts'
import { findSmallerSettings } from '../../presets/smaller-settings.ts'
import type { Check, Config, GpuFact, PlanContext, PlannedStage, TrainingSettings } from '../../types.ts'
import { isActive } from '../active-stages.ts'
import { findFreeBytes } from '../../presets/plan-settings.ts'
import { formatGigabytes } from '../../words.ts'

type Words = Pick<Check, 'code' | 'found' | 'expected' | 'remedy'>

/** With `preset: auto` what does not fit, or can't be told, is refused; settings that a person named are theirs. */
export function checkMemory(
  { config, facts, training }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  const { gpus, problem } = planDevice(config, facts)
  if (gpus.length === 0 || problem !== null || !isActive(stages, ['train-controlnet'])) return []
  if (isTiny(config)) return []
  const misfit = findMisfit({ settings: training.settings, config, gpus })
  const path = 'train.preset'
  if (misfit === null) return [{ ...describeFit(training.settings, config, gpus), path, status: 'pass' }]
  return [{ ...misfit, path, status: config.train.preset === 'auto' ? 'fail' : 'warn' }]
}

interface MisfitInput {
  readonly settings: TrainingSettings
  readonly config: Pick<Config, 'train' | 'dataset' | 'base_model'>
  /** The cards that train: at least one. */
  readonly gpus: readonly GpuFact[]
}

/** Null when the settings fit. A local base model is taken for one of Stable Diffusion 1.5's size. */
export function findMisfit({ settings, config, gpus }: MisfitInput): Words | null {
  if (isTiny(config)) return null
  const freeBytes = findFreeBytes(gpus)
  const expected = describeNeed(settings, config)
  if (freeBytes === null) return unknownMemory(gpus, config, expected)
  if (neededWithMargin(settings, config) <= freeBytes) return null
  const fullest = gpus.find((gpu) => gpu.freeBytes === freeBytes)!
  const smaller = findSmallerSettings({ settings, config, freeBytes })
  return {
    code: 'gpu-memory',
    found: describeMemory(fullest),
    expected,
    remedy: [
      ...closePrograms(fullest, neededWithMargin(settings, config)),
      smaller === null
        ? `Take a card with more memory, or the CPU: ${setWords({ 'train.preset': 'cpu' })}`
        : `This fits, and learns the same: ${setWords(smaller.set)}`,
    ].join(' '),
  }
}

/** The tiny pipeline fits every card. */
const isTiny = ({ base_model }: Pick<Config, 'base_model'>): boolean => 'generated' in base_model

function unknownMemory(gpus: readonly GpuFact[], { train }: MisfitInput['config'], expected: string): Words {
  const { name } = gpus.find(({ freeBytes }) => freeBytes === null)!
  const base = { code: 'gpu-memory-unknown', found: `${name} does not tell how much memory is free` }
  if (train.preset !== 'auto') return { ...base, expected, remedy: 'See yourself whether that much is free.' }
  const words = setWords({ 'train.preset': GPU_PRESETS[0].name })
  return {
    ...base,
    expected: `train.preset: ${GPU_PRESET_NAMES}`,
    remedy: `Name the preset for the memory that is free, such as: ${words}`,
  }
}

function describeFit(
  settings: TrainingSettings,
  config: MisfitInput['config'],
  gpus: readonly GpuFact[],
): Words {
  const found = gpus.map(describeMemory).join(', ')
  return { code: 'gpu-memory', found, expected: describeNeed(settings, config), remedy: '' }
}

function neededWithMargin(settings: TrainingSettings, config: MisfitInput['config']): number {
  return estimateNeededBytes(memorySettings(settings, config)) + MARGIN_BYTES
}

/** `14.5 GB for preset 16gb: batch 8, gradient checkpointing, bf16` */
function describeNeed(settings: TrainingSettings, config: MisfitInput['config']): string {
  const { preset, train_batch_size, gradient_checkpointing, mixed_precision } = settings
  const checkpointing = gradient_checkpointing ? 'gradient checkpointing, ' : ''
  const precision = mixed_precision === 'no' ? 'fp32' : mixed_precision
  const needed = formatGigabytes(neededWithMargin(settings, config), Math.ceil)
  return `${needed} for preset ${preset}: batch ${train_batch_size}, ${checkpointing}${precision}`
}

function describeMemory({ name, index, freeBytes, totalBytes }: GpuFact): string {
  const total = totalBytes === null ? '' : ` of ${formatGigabytes(totalBytes, Math.floor)}`
  return `${formatGigabytes(freeBytes!, Math.floor)} free${total} on ${name} (GPU ${index})`
}

function closePrograms({ freeBytes, totalBytes }: GpuFact, neededBytes: number): string[] {
  if (totalBytes === null || totalBytes < neededBytes) return []
  const taken = formatGigabytes(totalBytes - freeBytes!, Math.ceil)
  return [`Other programs hold ${taken} of the card: close them (nvidia-smi lists them), or take less.`]
}
