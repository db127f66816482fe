/**
 * How much memory a training takes on the card, by nvidia-smi's count. Measured on an H200 with torch 2.11 and networks of
 * Stable Diffusion 1.5's size at 512 px, bf16, AdamW, nothing cached; both engines take the same. docs/gpus.md.
 */
import type { Config, TrainingSettings } from '../types.ts'

export type MemorySettings = Pick<
  TrainingSettings,
  'train_batch_size' | 'gradient_checkpointing' | 'mixed_precision'
> & {
  readonly gradient_checkpointing_unet: boolean
  readonly resolution: number
}

export function memorySettings(
  settings: TrainingSettings,
  config: Pick<Config, 'train' | 'dataset'>,
): MemorySettings {
  const { resolution } = config.dataset
  return { ...settings, gradient_checkpointing_unet: config.train.gradient_checkpointing_unet, resolution }
}

type Points = readonly (readonly [images: number, gigabytes: number])[]

const WITHOUT_CHECKPOINTING: Points = [
  ...([[1, 11.08], [2, 11.61], [4, 13.22]] as const), // prettier-ignore
  ...([[8, 16.99], [16, 25.82], [32, 43.35]] as const), // prettier-ignore
]
const CONTROLNET_CHECKPOINTED: Points = [
  ...([[1, 10.85], [4, 11.84], [8, 13.41]] as const), // prettier-ignore
  ...([[16, 19.13], [32, 30.27]] as const), // prettier-ignore
]
const BOTH_CHECKPOINTED: Points = [
  ...([[1, 10.74], [4, 11.83], [16, 17.2], [32, 27.01]] as const), // prettier-ignore
]

/** Not measured, computed: in fp32 an image takes 1.8 times as much, and the frozen weights 2 bytes more each. */
const FP32 = { images: 1.8, gigabytes: 2.13 }

/** What the measured figures may miss. */
export const MARGIN_BYTES = 1e9

/** An image of another size counts by its pixels. */
export function estimateNeededBytes(settings: MemorySettings): number {
  const isFp32 = settings.mixed_precision === 'no'
  const pixels = (settings.resolution / 512) ** 2
  const images = settings.train_batch_size * pixels * (isFp32 ? FP32.images : 1)
  return (interpolate(pointsOf(settings), images) + (isFp32 ? FP32.gigabytes : 0)) * 1e9
}

function pointsOf({ gradient_checkpointing, gradient_checkpointing_unet }: MemorySettings): Points {
  if (!gradient_checkpointing) return WITHOUT_CHECKPOINTING
  return gradient_checkpointing_unet ? BOTH_CHECKPOINTED : CONTROLNET_CHECKPOINTED
}

/** On the lines between the points, and on the last one beyond them; below the first nothing is saved. */
function interpolate(points: Points, images: number): number {
  const last = points.length - 1
  const above = points.findIndex(([count]) => count >= images)
  if (above === 0) return points[0]![1]
  const [from, to] = above < 0 ? [points[last - 1]!, points[last]!] : [points[above - 1]!, points[above]!]
  return from[1] + ((images - from[0]) / (to[0] - from[0])) * (to[1] - from[1])
}
