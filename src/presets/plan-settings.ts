/** What the preset and the machine decide where the config leaves it open. */
import { canBf16, describeGpus, planDevice, type DeviceFacts } from '../environment/device.ts'
import { estimateMemory, findFreeBytes, marginBytes, memorySettings } from './memory-need.ts'
import type { ModelParts } from './memory-model.ts'
import { CPU_PRESET, GPU_PRESETS, type PresetSettings } from './index.ts'
import { divisorsOf, shareOf, splitBatch } from './split-batch.ts'
import type { Config, Facts, GpuFact, TrainingSettings } from '../types.ts'

type MachineFacts = DeviceFacts & Pick<Facts, 'machine'>

interface Known {
  readonly model: ModelParts
  /** Rows that are trained on, as far as is known. */
  readonly rows: number
}

/** The config's own values where it has them, else those of the preset; bf16 needs compute capability 8.0, else fp16. */
export function planSettings(config: Config, facts: MachineFacts, known: Known): TrainingSettings {
  const { train, launch } = config
  const { device, gpus } = planDevice(config, facts)
  const [gpu] = gpus
  const machine: MachineSettings = {
    device,
    gpu: describeGpus({ gpus }),
    mixed_precision: train.mixed_precision ?? (gpu === undefined ? 'no' : gpuPrecision(gpu)),
    dataloader_num_workers: train.dataloader_num_workers ?? planWorkers(facts.machine, device),
    num_processes: launch.num_processes === 'auto' ? Math.max(1, gpus.length) : launch.num_processes,
    allow_tf32: gpu !== undefined && canBf16(gpu),
  }
  const complete = (name: string, preset: PresetSettings): TrainingSettings =>
    completePreset({ config, machine, known, name, preset })
  const { preset } = train
  const named = GPU_PRESETS.find(({ name }) => name === preset)
  if (named !== undefined) return complete(named.name, named.settings[train.engine])
  if (preset === 'cpu' || device === 'cpu') return complete('cpu', CPU_PRESET)
  return choosePreset(config, gpus, { ...known, complete })
}

type MachineSettings = Pick<
  TrainingSettings,
  'device' | 'gpu' | 'mixed_precision' | 'dataloader_num_workers' | 'num_processes' | 'allow_tf32'
>

interface CompleteInput {
  readonly config: Config
  readonly machine: MachineSettings
  readonly known: Known
  readonly name: string
  readonly preset: PresetSettings
}

/** A preset with what the config says itself. */
function completePreset({ config, machine, known, name, preset }: CompleteInput): TrainingSettings {
  const { train } = config
  const { largestBatch, ...levers } = preset
  const split = splitBatch({ train, processes: machine.num_processes, largestBatch })
  const caches = train.engine === 'builtin' && countPasses(config, machine, split, known.rows) >= 2
  return {
    preset: name,
    ...machine,
    ...split,
    gradient_checkpointing: train.gradient_checkpointing ?? levers.gradient_checkpointing,
    gradient_checkpointing_unet: train.gradient_checkpointing_unet ?? levers.gradient_checkpointing_unet,
    use_8bit_adam: train.use_8bit_adam ?? levers.use_8bit_adam,
    cache_latents: train.cache_latents ?? caches,
    cache_captions: train.cache_captions ?? caches,
  }
}

/** How often each row is seen: filling the caches costs about as much as one pass saves. */
function countPasses(
  { train }: Config,
  { num_processes }: MachineSettings,
  split: ReturnType<typeof splitBatch>,
  rows: number,
): number {
  if (train.max_train_steps === undefined) return train.num_train_epochs
  const seen =
    train.max_train_steps * split.train_batch_size * split.gradient_accumulation_steps * num_processes
  return seen / Math.max(1, rows)
}

interface ChooseInput extends Known {
  readonly complete: (name: string, preset: PresetSettings) => TrainingSettings
}

/**
 * `auto` takes the largest preset that fits the free memory, then the largest batch that fits with its other settings: it raises
 * the batch before it accumulates. Without one it takes the smallest preset: a check then fails (memory-checks.ts).
 */
function choosePreset(
  config: Config,
  gpus: readonly GpuFact[],
  { model, complete }: ChooseInput,
): TrainingSettings {
  const room = (findFreeBytes(gpus) ?? 0) - marginBytes(gpus)
  const fits = (settings: TrainingSettings): boolean =>
    estimateMemory(memorySettings(settings, config), model).neededBytes <= room
  const { engine } = config.train
  const presets = GPU_PRESETS.map((preset) => {
    const settings: PresetSettings = preset.settings[engine]
    return { settings, plain: complete(preset.name, settings) }
  })
  const largest = presets.filter(({ plain }) => fits(plain)).at(-1)
  if (largest === undefined) return presets[0]!.plain
  // Presets that differ in nothing here go by the name of the smallest.
  const chosen = presets.find(({ plain }) => isSame(plain, largest.plain))!
  const sizes = divisorsOf(shareOf(config.train, chosen.plain.num_processes)).reverse()
  const raised = sizes
    .map((size) => complete(chosen.plain.preset, { ...chosen.settings, largestBatch: size }))
    .find(fits)
  return raised ?? chosen.plain
}

const isSame = ({ preset: _a, ...one }: TrainingSettings, { preset: _b, ...other }: TrainingSettings) =>
  JSON.stringify(one) === JSON.stringify(other)

function gpuPrecision(gpu: GpuFact): 'bf16' | 'fp16' {
  return canBf16(gpu) ? 'bf16' : 'fp16'
}

/** On the CPU the training itself needs the cores; Windows can't start the upstream script's workers. */
function planWorkers(machine: Facts['machine'], device: TrainingSettings['device']): number {
  if (device === 'cpu' || machine.os === 'win32') return 0
  return Math.max(0, Math.min(4, machine.cores - 1))
}
