/** How much memory a training takes on the card, by nvidia-smi's count, and how much of it is left to chance. */
import type { Config, GpuFact, TrainingSettings } from '../types.ts'
import { findMeasuredBytes } from './measured-memory.ts'
import { checkpointedOf, modelMemory, type MemorySettings, type ModelParts } from './memory-model.ts'

export interface MemoryNeed {
  readonly basis: 'measured' | 'estimated'
  readonly neededBytes: number
  /** They add up to `neededBytes`. */
  readonly components: readonly { readonly name: string; readonly bytes: number }[]
}

export function memorySettings(
  settings: TrainingSettings,
  { dataset }: Pick<Config, 'dataset'>,
): MemorySettings {
  return { ...settings, resolution: dataset.resolution }
}

/** What was measured where just this was measured, else what the model of memory-model.ts says. */
export function estimateMemory(settings: MemorySettings, model: ModelParts): MemoryNeed {
  const { deviceBytes, parts } = modelMemory(settings, model)
  const measured = isMeasured(settings, model) ? findMeasured(settings) : null
  const neededBytes = measured ?? deviceBytes
  const named = Object.entries<number>({ ...parts }).filter(([, bytes]) => bytes > 0)
  const overhead = neededBytes - named.reduce((sum, [, bytes]) => sum + bytes, 0)
  return {
    basis: measured === null ? 'estimated' : 'measured',
    neededBytes,
    components: [...named, ['overhead', overhead] as const].map(([name, bytes]) => ({
      name,
      bytes: Math.round(bytes),
    })),
  }
}

function findMeasured(settings: MemorySettings): number | null {
  if (settings.cache_latents !== settings.cache_captions) return null
  return findMeasuredBytes({
    batch: settings.train_batch_size,
    checkpointed: checkpointedOf(settings),
    cached: settings.cache_latents,
    eightBit: settings.use_8bit_adam,
  })
}

/** Values of the ControlNet and the UNet that were measured. */
const MEASURED_VALUES = { controlnet: 361_279_120, unet: 859_520_964 }

function isMeasured(settings: MemorySettings, model: ModelParts): boolean {
  const { mixed_precision, resolution, num_processes } = settings
  const close = (part: keyof typeof MEASURED_VALUES): boolean =>
    Math.abs(model[part] / MEASURED_VALUES[part] - 1) < 0.001
  const likeIt = model.origin !== 'assumed' && close('controlnet') && close('unet')
  return likeIt && mixed_precision === 'bf16' && resolution === 512 && num_processes === 1
}

const LARGEST_SMALL_CARD_BYTES = 9e9

/** What the figures may miss. On cards of 8 GB there is not more to spare. */
export function marginBytes(gpus: readonly Pick<GpuFact, 'totalBytes'>[]): number {
  const isSmall = gpus.some(({ totalBytes }) => totalBytes !== null && totalBytes < LARGEST_SMALL_CARD_BYTES)
  return isSmall ? 0.5e9 : 1e9
}

/** Free memory of the fullest of the cards that train; null when one of them does not tell. */
export function findFreeBytes(gpus: readonly Pick<GpuFact, 'freeBytes'>[]): number | null {
  const free = gpus.map(({ freeBytes }) => freeBytes)
  return free.some((bytes) => bytes === null) ? null : Math.min(...(free as number[]))
}
