/** What the training takes of each card that trains, beside what is free there. Pure. */
import { planDevice } from '../../environment/device.ts'
import { estimateMemory, marginBytes, memorySettings } from '../../presets/memory-need.ts'
import type { ModelParts } from '../../presets/memory-model.ts'
import { findSmallerSettings } from '../../presets/smaller-settings.ts'
import { planModelParts } from '../../trainer/base-model/model-parts.ts'
import type { Config, Facts, GpuFact, MemoryPlan, TrainingSettings } from '../../types.ts'

interface MemoryInput {
  readonly settings: TrainingSettings
  readonly config: Config
  readonly facts: Pick<Facts, 'gpus' | 'cuda' | 'ownPython' | 'machine' | 'baseModel' | 'startControlnet'>
}

/** One a card; empty on the CPU. */
export function planMemory({ settings, config, facts }: MemoryInput): MemoryPlan[] {
  const { gpus } = planDevice(config, facts)
  const model = planModelParts(config, facts)
  return gpus.map((gpu) => planCard(gpu, { settings, config, model }))
}

interface CardInput {
  readonly settings: TrainingSettings
  readonly config: Config
  readonly model: ModelParts
}

function planCard(gpu: GpuFact, { settings, config, model }: CardInput): MemoryPlan {
  const { basis, neededBytes, components } = estimateMemory(memorySettings(settings, config), model)
  const margin = marginBytes([gpu])
  const fits = gpu.freeBytes === null ? null : neededBytes + margin <= gpu.freeBytes
  const roomBytes = gpu.freeBytes === null ? null : gpu.freeBytes - margin
  const smaller =
    fits === false ? findSmallerSettings({ settings, config, model, roomBytes, presetsOnly: true }) : null
  return {
    gpu: `${gpu.name} (GPU ${gpu.index})`,
    basis,
    total_bytes: gpu.totalBytes,
    free_bytes: gpu.freeBytes,
    needed_bytes: Math.round(neededBytes),
    margin_bytes: margin,
    fits,
    components,
    cheapest_preset: smaller?.preset ?? null,
  }
}
