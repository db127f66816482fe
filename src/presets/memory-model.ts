/**
 * How much memory a training takes on the card, by its parts. The formula and its constants were fitted to the measurements of
 * measured-memory.ts; docs/gpus.md explains both.
 */
import type { TrainingSettings } from '../types.ts'

/** Networks that compute their activations again in the backward pass. */
export type Checkpointed = 'none' | 'controlnet' | 'both'

/** The networks of a training, as numbers of values. */
export interface ModelParts {
  readonly unet: number
  readonly vae: number
  readonly textEncoder: number
  readonly controlnet: number
  /** Width of the UNet's first block; its activations are proportional to it. */
  readonly width: number
  /** Whose attention heads the UNet has: they decide on its activations. */
  readonly layout: 'sd1' | 'sd2'
  /** Where the sizes come from: files that were read, a model that is known by its name, or a guess. */
  readonly origin: 'files' | 'known' | 'assumed'
  /** `Stable Diffusion 1.5`; null: read from the files. */
  readonly like: string | null
}

export type MemorySettings = Pick<
  TrainingSettings,
  | 'train_batch_size'
  | 'gradient_checkpointing'
  | 'gradient_checkpointing_unet'
  | 'cache_latents'
  | 'cache_captions'
  | 'use_8bit_adam'
  | 'mixed_precision'
  | 'num_processes'
> & { readonly resolution: number }

export interface ModelledMemory {
  /** Peak of what torch allocates. */
  readonly allocatedBytes: number
  /** What nvidia-smi shows. */
  readonly deviceBytes: number
  readonly parts: MemoryParts
}

/** Bytes of what the peak consists of. The rest of `deviceBytes` is what the allocator, CUDA and its libraries hold. */
interface MemoryParts {
  readonly base: number
  readonly controlnet: number
  readonly optimiser: number
  /** At the end of the forward pass; 0 where the optimiser step needs more. */
  readonly activations: number
  /** Of the optimiser step, with its temporaries; 0 where the forward pass needs more. */
  readonly gradients: number
}

const GB = 1e9

export function modelMemory(settings: MemorySettings, model: ModelParts): ModelledMemory {
  const fixed = fixedBytes(settings, model)
  const start = fixed.base + fixed.controlnet + fixed.optimiser
  const peaks = peakBytes(settings, model)
  const optimiserStep = peaks.gradients + LOOSE
  const largest = Math.max(peaks.activations + LOOSE, optimiserStep, peaks.encoding)
  const forward = largest > optimiserStep
  return {
    allocatedBytes: start + largest,
    deviceBytes: deviceBytes(settings, { start, largest, optimiserStep }),
    parts: {
      ...fixed,
      activations: forward ? largest - (largest === peaks.encoding ? 0 : LOOSE) : 0,
      gradients: forward ? 0 : peaks.gradients,
    },
  }
}

/** Small tensors that none of the terms names. */
const LOOSE = 0.16 * GB
/** Bytes of the copies that autocast makes of single layers where activations are not kept. */
const COPIES_WHEN_CHECKPOINTED = 0.15 * GB
/** The largest single temporary of an 8-bit step. */
const EIGHT_BIT_TEMPORARIES = 0.25 * GB
/** What a picture still keeps where the backward pass has nearly all gradients. AdamW's step takes more than that. */
const LAST_ACTIVATIONS = 0.24 * GB
/** Bytes for each value: two moments of 32 bits; of 8 bits with two 32-bit scales for each block of 256. */
const OPTIMISER_BYTES = { adamw: 8, eightBit: 2 + 8 / 256 }
/** Encoding a batch of pictures, in bf16. */
const ENCODING = { base: 0.2 * GB, perImage: 0.41 * GB }

export function checkpointedOf(settings: MemorySettings): Checkpointed {
  if (!settings.gradient_checkpointing) return 'none'
  return settings.gradient_checkpointing_unet ? 'both' : 'controlnet'
}

function fixedBytes(settings: MemorySettings, model: ModelParts) {
  const { controlnet } = model
  const frozen =
    model.unet + (settings.cache_latents ? 0 : model.vae) + (settings.cache_captions ? 0 : model.textEncoder)
  // Several processes keep the gradients a second time, in the buckets that they exchange.
  const buckets = settings.num_processes > 1 ? 4 * controlnet : 0
  return {
    base: frozen * valueBytes(settings),
    controlnet: 4 * controlnet + buckets,
    optimiser: controlnet * (settings.use_8bit_adam ? OPTIMISER_BYTES.eightBit : OPTIMISER_BYTES.adamw),
  }
}

/** Beyond what stays on the card: at the end of the forward pass, in the optimiser step, while pictures are encoded. */
function peakBytes(settings: MemorySettings, model: ModelParts) {
  const { controlnet } = model
  const images = imagesAt512(settings)
  const copies =
    valueBytes(settings) === 4
      ? 0
      : settings.gradient_checkpointing
        ? COPIES_WHEN_CHECKPOINTED
        : 2 * controlnet
  const { base, perImage } = ENCODING
  return {
    activations: copies + activationBytes(settings, model) * images,
    gradients: settings.use_8bit_adam
      ? 4 * controlnet + Math.max(EIGHT_BIT_TEMPORARIES, LAST_ACTIVATIONS * images - 0.06 * GB)
      : 8 * controlnet,
    encoding: settings.cache_latents ? 0 : (base + perImage * images) * (valueBytes(settings) / 2),
  }
}

/** Bytes of a frozen value, and of a value of an activation. */
const valueBytes = ({ mixed_precision }: Pick<MemorySettings, 'mixed_precision'>): 2 | 4 =>
  mixed_precision === 'no' ? 4 : 2

/** Pictures of the batch, each counted by its pixels. */
const imagesAt512 = ({ train_batch_size, resolution }: MemorySettings): number =>
  train_batch_size * (resolution / 512) ** 2

/**
 * GB that a picture of 512 px keeps until the backward pass, counted from the layers' shapes. Memory-efficient attention, as
 * torch does it by itself.
 */
const COUNTED = {
  sd1: {
    2: { none: 1.01, controlnet: 0.62, both: 0.25 },
    4: { none: 1.82, controlnet: 1.21, both: 0.48 },
  },
  sd2: {
    2: { none: 0.984, controlnet: 0.591, both: 0.224 },
    4: { none: 1.76, controlnet: 1.16, both: 0.43 },
  },
} as const

/** Measured over counted, for Stable Diffusion 1.5 in bf16. */
const MEASURED_OVER_COUNTED = { none: 1.084 / 1.01, controlnet: 0.693 / 0.62, both: 0.35 / 0.25 } as const

const USUAL_WIDTH = 320

function activationBytes(settings: MemorySettings, { layout, width }: ModelParts): number {
  const checkpointed = checkpointedOf(settings)
  const counted = COUNTED[layout][valueBytes(settings)][checkpointed]
  return counted * MEASURED_OVER_COUNTED[checkpointed] * GB * (width / USUAL_WIDTH)
}

/** The CUDA context and libraries. */
const CONTEXT = 0.85 * GB

/** From that on the blocks that checkpointing frees and takes again no longer fit each other. */
const MANY_IMAGES = 8

interface Peaks {
  readonly start: number
  readonly largest: number
  readonly optimiserStep: number
}

/** Adds what torch's allocator holds and does not use. */
function deviceBytes(settings: MemorySettings, { start, largest, optimiserStep }: Peaks): number {
  const images = imagesAt512(settings)
  const allocated = start + largest
  const bytes = 1.03 * allocated + CONTEXT
  // Blocks that encoding left behind are too small for the temporaries of AdamW's step over all weights at once.
  const leftBehind =
    settings.use_8bit_adam || settings.cache_latents
      ? 0
      : 1.03 * (start + optimiserStep) + CONTEXT + 0.3 * GB * images
  if (checkpointedOf(settings) !== 'both' || images < MANY_IMAGES) return Math.max(bytes, leftBehind)
  const scattered = settings.cache_latents ? 1.06 * allocated + 0.9 * GB : 1.33 * allocated
  return Math.max(bytes, leftBehind, scattered)
}
