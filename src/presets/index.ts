/**
 * The presets: settings for cards, smallest first. All of them have the same effective batch, so that another card learns
 * the same. Everything that names a preset takes it from here. Need of memory: memory-need.ts.
 */
import { formatOr } from '../choices.ts'
import type { TrainingSettings } from '../training-settings.ts'

export type BatchSettings = Pick<
  TrainingSettings,
  'train_batch_size' | 'gradient_accumulation_steps' | 'gradient_checkpointing'
>

export const GPU_PRESETS = [
  { name: '16gb', settings: batch(8, 2, true) },
  { name: '24gb', settings: batch(8, 2, false) },
  { name: '40gb', settings: batch(16, 1, false) },
  // A larger batch would need more accumulation elsewhere, and this one fills the card's processors already.
  { name: '80gb', settings: batch(16, 1, false) },
] as const satisfies readonly { name: string; settings: BatchSettings }[]

export const CPU_PRESET: BatchSettings = batch(1, 4, false)

export const PRESET_NAMES = ['auto', ...GPU_PRESETS.map(({ name }) => name), 'cpu'] as const

/** `16gb, 24gb, 40gb or 80gb` */
export const GPU_PRESET_NAMES = formatOr(GPU_PRESETS.map(({ name }) => name))

/** The keys that decide on the batch; a config that has one of them overrides the preset. */
export function overridesPreset(train: Partial<BatchSettings>): boolean {
  const { train_batch_size, gradient_accumulation_steps, gradient_checkpointing } = train
  return [train_batch_size, gradient_accumulation_steps, gradient_checkpointing].some(
    (value) => value !== undefined,
  )
}

function batch(size: number, accumulation: number, checkpointing: boolean): BatchSettings {
  return {
    train_batch_size: size,
    gradient_accumulation_steps: accumulation,
    gradient_checkpointing: checkpointing,
  }
}
