/** Where the training computes. Settings, environment and the trainer's command all follow this one decision. */
import type { Config, Facts, GpuFact } from '../types.ts'
import { chooseGpus } from './choose-gpus.ts'
import { environmentKindOf } from './kinds.ts'
import { ON_THE_CPU, type BackendProblem } from './torch-backend.ts'
import { selectVisibleGpus } from './visible-gpus.ts'

export interface DevicePlan {
  readonly device: 'cpu' | 'cuda'
  /** The build of torch: `cpu`, `cu130`. */
  readonly backend: string
  /** The cards that train, one for each process; empty on the CPU. */
  readonly gpus: readonly GpuFact[]
  /** Why this can't work. Nothing else is planned in its place. */
  readonly problem: BackendProblem | null
}

type DeviceConfig = Pick<Config, 'environment' | 'train' | 'launch'>
export type DeviceFacts = Pick<Facts, 'gpus' | 'cuda' | 'ownPython'> & {
  readonly machine: Pick<Facts['machine'], 'os' | 'arch'>
}

export function planDevice({ environment, train, launch }: DeviceConfig, facts: DeviceFacts): DevicePlan {
  const { torch } = environment
  if (torch === 'cpu' || train.preset === 'cpu')
    return { device: 'cpu', backend: 'cpu', gpus: [], problem: null }
  const visible = selectVisibleGpus(facts.gpus, facts.cuda)
  const gpus = chooseGpus(visible.gpus, launch)
  const { os, arch } = facts.machine
  const kind = environmentKindOf({ environment })
  const { backend, problem } = kind.chooseTorch({ torch, gpus, os, arch, ownPython: facts.ownPython })
  const device = backend === 'cpu' || gpus.length === 0 ? 'cpu' : 'cuda'
  return { device, backend, gpus, problem: findSelectionProblem(facts, visible.problem) ?? problem }
}

function findSelectionProblem({ gpus, cuda }: DeviceFacts, problem: string | null): BackendProblem | null {
  if (cuda.trouble !== null) {
    return {
      code: 'gpu-silent',
      found: `nvidia-smi fails: ${cuda.trouble}`,
      expected: 'a driver that lists its GPUs',
      remedy: `Mend the NVIDIA driver; after an update of it, restart the machine. ${ON_THE_CPU}`,
    }
  }
  if (problem === null) return null
  const cards = gpus.map(({ index, name, uuid }) => `${index} (${name}, ${uuid})`).join(', ')
  return {
    code: 'gpu-selection',
    found: `CUDA_VISIBLE_DEVICES=${cuda.visibleDevices}: ${problem}`,
    expected: cards === '' ? 'no GPU, since nvidia-smi lists none' : `one of ${cards}`,
    remedy: `Mend CUDA_VISIBLE_DEVICES, or unset it. ${ON_THE_CPU}`,
  }
}

/** What makes a Python program see exactly these cards. nvidia-smi counts along the PCI bus, CUDA by speed unless told. */
export function deviceEnvironment({
  device,
  gpus,
}: Pick<DevicePlan, 'device' | 'gpus'>): Record<string, string> {
  if (device === 'cpu') return { ACCELERATE_USE_CPU: 'true' }
  const names = gpus.map(({ index, uuid }) => (uuid.startsWith('MIG-') ? uuid : String(index)))
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: names.join(',') }
}

/** `NVIDIA H200 (GPU 0)`, for people; null on the CPU. */
export function describeGpus({ gpus }: Pick<DevicePlan, 'gpus'>): string | null {
  if (gpus.length === 0) return null
  return gpus.map(({ name, index }) => `${name} (GPU ${index})`).join(', ')
}

/** Ampere (2020) and newer; TF32 came with it. */
export function canBf16({ computeCapability }: Pick<GpuFact, 'computeCapability'>): boolean {
  return computeCapability !== null && computeCapability >= 8
}
