/**
 * Settings that fit a card, for SD 1.x and 2.x at 512 px with AdamW. Predicted need in GB (frozen weights, ControlNet,
 * gradients, optimiser, activations, overhead): 16gb 13.9, 24gb 18.8, 40gb 34.2, 80gb 54.6.
 */
import type { Config, Facts, GpuFact, TrainingSettings } from '../types.ts'

type Preset = Pick<
  TrainingSettings,
  'train_batch_size' | 'gradient_accumulation_steps' | 'mixed_precision' | 'gradient_checkpointing'
>

const GIB = 2 ** 30

/** Smallest first; `auto` takes the last that fits the free memory. */
const CARDS: readonly { readonly name: string; readonly needBytes: number; readonly preset: Preset }[] = [
  card('16gb', 13.9e9, 1, 16, true),
  card('24gb', 18.8e9, 4, 4, false),
  card('40gb', 34.2e9, 16, 1, false),
  card('80gb', 54.6e9, 32, 1, false),
]

const CPU: Preset = {
  train_batch_size: 1,
  gradient_accumulation_steps: 4,
  mixed_precision: 'no',
  gradient_checkpointing: false,
}

/** The config's own values where it has them, else those of the preset; bf16 needs compute capability 8.0, else fp16. */
export function planSettings(config: Config, facts: Pick<Facts, 'gpus' | 'machine'>): TrainingSettings {
  const { train } = config
  const gpu = config.environment.torch === 'cpu' ? undefined : facts.gpus[0]
  const name = train.preset === 'auto' ? choosePreset(gpu) : train.preset
  const preset = CARDS.find((known) => known.name === name)?.preset ?? CPU
  const onGpu = gpu !== undefined && name !== 'cpu'
  const precision = onGpu ? gpuPrecision(gpu) : 'no'
  return {
    preset: name,
    device: onGpu ? 'cuda' : 'cpu',
    train_batch_size: train.train_batch_size ?? preset.train_batch_size,
    gradient_accumulation_steps: train.gradient_accumulation_steps ?? preset.gradient_accumulation_steps,
    mixed_precision: train.mixed_precision ?? precision,
    gradient_checkpointing: train.gradient_checkpointing ?? preset.gradient_checkpointing,
    dataloader_num_workers: train.dataloader_num_workers ?? planWorkers(facts.machine, onGpu),
    num_processes: config.launch.num_processes === 'auto' ? 1 : config.launch.num_processes,
    allow_tf32: onGpu && gpu.computeCapability >= 8,
  }
}

function choosePreset(gpu: GpuFact | undefined): string {
  if (gpu === undefined) return 'cpu'
  const fitting = CARDS.filter((known) => known.needBytes <= gpu.freeBytes - 0.5 * GIB)
  return fitting.at(-1)?.name ?? CARDS[0]?.name ?? 'cpu'
}

function gpuPrecision(gpu: GpuFact): 'bf16' | 'fp16' {
  return gpu.computeCapability >= 8 ? 'bf16' : 'fp16'
}

/** On the CPU the training itself needs the cores; Windows can't start the upstream script's workers. */
function planWorkers(machine: Facts['machine'], onGpu: boolean): number {
  if (!onGpu || machine.os === 'win32') return 0
  return Math.max(0, Math.min(4, machine.cores - 1))
}

function card(name: string, needBytes: number, batch: number, accumulation: number, checkpointing: boolean) {
  const preset: Preset = {
    train_batch_size: batch,
    gradient_accumulation_steps: accumulation,
    mixed_precision: 'bf16',
    gradient_checkpointing: checkpointing,
  }
  return { name, needBytes, preset }
}
