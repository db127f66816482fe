/** Whether a training fits the free memory of its cards. Pure. */
import { configuredBase } from '../../base-models/index.ts'
import { kitCommand, setWords } from '../../next-step.ts'
import { planDevice } from '../../environment/device.ts'
import { estimateMemory, findFreeBytes, marginBytes, memorySettings } from '../../presets/memory-need.ts'
import { GPU_PRESET_NAMES, GPU_PRESETS } from '../../presets/index.ts'
import { findSmallerSettings } from '../../presets/smaller-settings.ts'
import { planModelParts } from '../../trainer/base-model/model-parts.ts'
import type { Check, Config, Facts, GpuFact, PlanContext, PlannedStage, RunFact } from '../../types.ts'
import type { TrainingSettings } from '../../types.ts'
import { isActive } from '../active-stages.ts'
import { formatGigabytes } from '../../words.ts'

type Words = Pick<Check, 'code' | 'found' | 'expected' | 'remedy'>

/**
 * What takes more than is free fails. With `preset: auto` so does what leaves no margin, or can't be told; settings that a person
 * named are theirs.
 */
export function checkMemory(
  { config, facts, training: { settings } }: PlanContext,
  stages: readonly PlannedStage[],
  previous: RunFact | null,
): Check[] {
  const { gpus, problem } = planDevice(config, facts)
  if (gpus.length === 0 || problem !== null || !isActive(stages, ['train-controlnet'])) return []
  if (configuredBase(config).spec.isSmall) return []
  const hasBegun = previous !== null && previous.checkpoint !== null
  const input: MisfitInput = { settings, config, facts, gpus, hasBegun }
  const misfit = findMisfit(input)
  const path = 'train.preset'
  if (misfit === null) return [{ ...describeFit(input), path, status: 'pass' }]
  const isRefused = config.train.preset === 'auto' || neededBytes(input) > (findFreeBytes(gpus) ?? Infinity)
  return [{ ...misfit, path, status: isRefused ? 'fail' : 'warn' }]
}

interface MisfitInput {
  readonly settings: TrainingSettings
  readonly config: Pick<Config, 'train' | 'dataset' | 'base_model'>
  readonly facts: Partial<Pick<Facts, 'baseModel' | 'startControlnet'>>
  /** The cards that train: at least one. */
  readonly gpus: readonly GpuFact[]
  /** Whether the run that goes on has a checkpoint. */
  readonly hasBegun: boolean
}

/** Null when the settings fit, with the margin. */
export function findMisfit(input: MisfitInput): Words | null {
  const { settings, config, facts, gpus, hasBegun } = input
  if (configuredBase(config).spec.isSmall) return null
  const freeBytes = findFreeBytes(gpus)
  if (freeBytes === null) return unknownMemory(input)
  const margin = marginBytes(gpus)
  if (neededBytes(input) + margin <= freeBytes) return null
  const fullest = gpus.find((gpu) => gpu.freeBytes === freeBytes)!
  const smaller = findSmallerSettings({
    ...{ settings, config, model: planModelParts(config, facts) },
    roomBytes: freeBytes - margin,
    keepsOptimiser: hasBegun,
  })
  return {
    code: 'gpu-memory',
    found: describeMemory(fullest),
    expected: describeNeed(input),
    remedy: [
      ...closePrograms(fullest, neededBytes(input) + margin),
      smaller === null
        ? `Take a card with more memory, or the CPU: ${setWords({ 'train.preset': 'cpu' })}`
        : `This fits, with the same effective batch: ${kitCommand('train', { set: smaller.set })}`,
    ].join(' '),
  }
}

function unknownMemory(input: MisfitInput): Words {
  const { gpus, config } = input
  const { name } = gpus.find(({ freeBytes }) => freeBytes === null)!
  const base = { code: 'gpu-memory-unknown', found: `${name} does not tell how much memory is free` }
  if (config.train.preset !== 'auto') {
    const remedy = 'See yourself whether that much is free.'
    return { ...base, expected: describeNeed(input), remedy }
  }
  const words = setWords({ 'train.preset': GPU_PRESETS[0].name })
  return {
    ...base,
    expected: `train.preset: ${GPU_PRESET_NAMES}`,
    remedy: `Name the preset for the memory that is free, such as: ${words}`,
  }
}

function describeFit(input: MisfitInput): Words {
  const found = input.gpus.map(describeMemory).join(', ')
  return { code: 'gpu-memory', found, expected: describeNeed(input), remedy: '' }
}

function neededBytes({ settings, config, facts }: MisfitInput): number {
  return estimateMemory(memorySettings(settings, config), planModelParts(config, facts)).neededBytes
}

/** `14.5 GB for preset 16gb: batch 8, gradient checkpointing, bf16` */
function describeNeed(input: MisfitInput): string {
  const { settings, gpus } = input
  const { preset, train_batch_size, mixed_precision } = settings
  const words = [
    `batch ${train_batch_size}`,
    ...(settings.gradient_checkpointing
      ? [`gradient checkpointing${settings.gradient_checkpointing_unet ? ' of both networks' : ''}`]
      : []),
    ...(settings.use_8bit_adam ? ['8-bit Adam'] : []),
    mixed_precision === 'no' ? 'fp32' : mixed_precision,
  ]
  const needed = formatGigabytes(neededBytes(input) + marginBytes(gpus), Math.ceil)
  return `${needed} for preset ${preset}: ${words.join(', ')}`
}

function describeMemory({ name, index, freeBytes, totalBytes }: GpuFact): string {
  const total = totalBytes === null ? '' : ` of ${formatGigabytes(totalBytes, Math.floor)}`
  return `${formatGigabytes(freeBytes!, Math.floor)} free${total} on ${name} (GPU ${index})`
}

function closePrograms({ freeBytes, totalBytes }: GpuFact, needed: number): string[] {
  if (totalBytes === null || totalBytes < needed) return []
  const taken = formatGigabytes(totalBytes - freeBytes!, Math.ceil)
  return [`Other programs hold ${taken} of the card: close them (nvidia-smi lists them), or take less.`]
}
