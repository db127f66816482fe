/**
 * The presets: settings for cards, smallest first, for both engines. All of them train with the effective batch of the config, so
 * that another card learns the same. Everything that names a preset takes it from here. Need of memory: memory-need.ts.
 */
import { formatOr } from '../choices.ts'
import type { Config, TrainingSettings } from '../types.ts'

export type Engine = 'diffusers' | 'builtin'

/** What makes a training take less memory. */
type Levers = Pick<
  TrainingSettings,
  'gradient_checkpointing' | 'gradient_checkpointing_unet' | 'use_8bit_adam'
>

export interface PresetSettings extends Levers {
  /** Pictures at a time; fewer where the effective batch is no multiple of it. */
  readonly largestBatch: number
}

export interface GpuPreset {
  readonly name: string
  readonly settings: Readonly<Record<Engine, PresetSettings>>
}

export const GPU_PRESETS = [
  {
    name: '8gb',
    settings: {
      diffusers: upTo(1, { gradient_checkpointing: true, use_8bit_adam: true }),
      // Upstream's script can't checkpoint the frozen UNet.
      builtin: upTo(2, {
        gradient_checkpointing: true,
        gradient_checkpointing_unet: true,
        use_8bit_adam: true,
      }),
    },
  },
  { name: '12gb', settings: both(upTo(4, { use_8bit_adam: true })) },
  { name: '16gb', settings: both(upTo(8, { gradient_checkpointing: true })) },
  { name: '24gb', settings: both(upTo(8)) },
  { name: '40gb', settings: both(upTo(16)) },
  { name: '80gb', settings: both(upTo(32)) },
] as const satisfies readonly GpuPreset[]

/** The CPU's own memory is large, its caches are small: one picture at a time. */
export const CPU_PRESET: PresetSettings = upTo(1)

export const PRESET_NAMES = ['auto', ...GPU_PRESETS.map(({ name }) => name), 'cpu'] as const

/** `8gb, 12gb, 16gb, 24gb, 40gb or 80gb` */
export const GPU_PRESET_NAMES = formatOr(GPU_PRESETS.map(({ name }) => name))

const PRESET_KEYS = [
  'train_batch_size',
  'gradient_accumulation_steps',
  'gradient_checkpointing',
  'gradient_checkpointing_unet',
  'use_8bit_adam',
] as const

/** True when the config has a key that a preset would decide, so that another preset may not help. */
export function overridesPreset(train: Config['train']): boolean {
  return PRESET_KEYS.some((key) => train[key] !== undefined)
}

function upTo(largestBatch: number, levers: Partial<Levers> = {}): PresetSettings {
  const none = { gradient_checkpointing: false, gradient_checkpointing_unet: false, use_8bit_adam: false }
  return { largestBatch, ...none, ...levers }
}

function both(settings: PresetSettings): Record<Engine, PresetSettings> {
  return { diffusers: settings, builtin: settings }
}
