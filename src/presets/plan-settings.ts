/** What the preset and the machine decide where the config leaves it open. */
import { canBf16, describeGpus, planDevice } from '../environment/device.ts'
import { estimateNeededBytes, MARGIN_BYTES, memorySettings } from './memory-need.ts'
import { CPU_PRESET, GPU_PRESETS, type BatchSettings } from './index.ts'
import type { Config, Facts, GpuFact, TrainingSettings } from '../types.ts'

type MachineFacts = Pick<Facts, 'gpus' | 'cuda' | 'machine'>

/** The config's own values where it has them, else those of the preset; bf16 needs compute capability 8.0, else fp16. */
export function planSettings(config: Config, facts: MachineFacts): TrainingSettings {
  const { train, launch } = config
  const { device, gpus } = planDevice(config, facts)
  const [gpu] = gpus
  const own: TrainingSettings = {
    preset: 'cpu',
    device,
    gpu: describeGpus({ gpus }),
    ...CPU_PRESET,
    mixed_precision: train.mixed_precision ?? (gpu === undefined ? 'no' : gpuPrecision(gpu)),
    dataloader_num_workers: train.dataloader_num_workers ?? planWorkers(facts.machine, device),
    num_processes: launch.num_processes === 'auto' ? 1 : launch.num_processes,
    allow_tf32: gpu !== undefined && canBf16(gpu),
  }
  return { ...own, ...choosePreset(config, own, gpus) }
}

type Chosen = BatchSettings & Pick<TrainingSettings, 'preset'>

/** `auto` takes the largest that fits the free memory, else the smallest there is: a check then fails (gpu-checks.ts). */
function choosePreset(config: Config, own: TrainingSettings, gpus: readonly GpuFact[]): Chosen {
  const choose = ({ name, settings }: (typeof GPU_PRESETS)[number]): Chosen => ({
    preset: name,
    ...completeBatch(config.train, settings),
  })
  const { preset } = config.train
  const named = GPU_PRESETS.find(({ name }) => name === preset)
  if (named !== undefined) return choose(named)
  if (preset === 'cpu' || own.device === 'cpu')
    return { preset: 'cpu', ...completeBatch(config.train, CPU_PRESET) }
  const free = findFreeBytes(gpus) ?? 0
  const presets = GPU_PRESETS.map(choose)
  const needs = presets.map((chosen) => estimateNeededBytes(memorySettings({ ...own, ...chosen }, config)))
  const largest = Math.max(...needs.filter((need) => need + MARGIN_BYTES <= free), needs[0]!)
  return presets[needs.indexOf(largest)]!
}

/**
 * The preset with what the config says itself. Where it gives the batch or the accumulation alone, the other one keeps the
 * preset's effective batch: what is learned must not depend on the card.
 */
function completeBatch(train: Config['train'], preset: BatchSettings): BatchSettings {
  const { train_batch_size: size, gradient_accumulation_steps: accumulation } = train
  const gradient_checkpointing = train.gradient_checkpointing ?? preset.gradient_checkpointing
  if (size === undefined && accumulation === undefined) return { ...preset, gradient_checkpointing }
  const product = preset.train_batch_size * preset.gradient_accumulation_steps
  return {
    train_batch_size: size ?? Math.max(1, Math.floor(product / accumulation!)),
    gradient_accumulation_steps: accumulation ?? Math.max(1, Math.round(product / size!)),
    gradient_checkpointing,
  }
}

/** Free memory of the fullest of the cards that train; null when one of them does not tell. */
export function findFreeBytes(gpus: readonly GpuFact[]): number | null {
  const free = gpus.map(({ freeBytes }) => freeBytes)
  return free.some((bytes) => bytes === null) ? null : Math.min(...(free as number[]))
}

function gpuPrecision(gpu: GpuFact): 'bf16' | 'fp16' {
  return canBf16(gpu) ? 'bf16' : 'fp16'
}

/** On the CPU the training itself needs the cores; Windows can't start the upstream script's workers. */
function planWorkers(machine: Facts['machine'], device: TrainingSettings['device']): number {
  if (device === 'cpu' || machine.os === 'win32') return 0
  return Math.max(0, Math.min(4, machine.cores - 1))
}
