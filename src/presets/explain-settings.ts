/** Why a training gets the settings that it gets, in one line for the plan. */
import { canBf16, planDevice } from '../environment/device.ts'
import type { Config, Facts, TrainingSettings } from '../types.ts'
import { formatGigabytes } from '../words.ts'
import { findFreeBytes } from './memory-need.ts'
import { GPU_PRESETS } from './index.ts'

interface ExplainInput {
  readonly config: Config
  readonly facts: Pick<Facts, 'gpus' | 'cuda' | 'ownPython' | 'machine'>
  /** True where a run goes on with what it recorded. */
  readonly isKept: boolean
}

/** `preset 24gb: the largest that fits the 25.2 GB free; bf16: compute capability 8.6` */
export function explainSettings(settings: TrainingSettings, { config, facts, isKept }: ExplainInput): string {
  if (isKept) return 'as the run began'
  const { gpus } = planDevice(config, facts)
  const preset = `preset ${settings.preset}: ${explainPreset(settings, config, gpus)}`
  const [gpu] = gpus
  if (gpu === undefined || config.train.mixed_precision !== undefined) return preset
  return `${preset}; ${settings.mixed_precision}: ${explainPrecision(gpu)}`
}

function explainPreset(
  settings: TrainingSettings,
  { train, environment }: Config,
  gpus: Facts['gpus'],
): string {
  if (train.preset !== 'auto') return 'the config names it'
  if (settings.device === 'cpu')
    return environment.torch === 'cpu' ? 'environment.torch is cpu' : 'there is no GPU'
  const free = findFreeBytes(gpus)
  if (free === null) return 'the smallest, since the card does not tell its free memory'
  return `the largest that fits the ${formatGigabytes(free, Math.floor)} free${explainBatch(settings, train)}`
}

/** A batch beyond the preset's own. */
function explainBatch(settings: TrainingSettings, train: Config['train']): string {
  const own = GPU_PRESETS.find(({ name }) => name === settings.preset)?.settings[train.engine]
  const isOpen = train.train_batch_size === undefined && train.gradient_accumulation_steps === undefined
  if (!isOpen || own === undefined || settings.train_batch_size <= own.largestBatch) return ''
  return `, and batch ${settings.train_batch_size} with it`
}

function explainPrecision(gpu: Facts['gpus'][number]): string {
  if (gpu.computeCapability === null) return 'the card does not tell its compute capability'
  return `compute capability ${gpu.computeCapability.toFixed(1)}${canBf16(gpu) ? '' : ', bf16 needs 8.0'}`
}
