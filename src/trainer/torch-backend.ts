/** Which build of torch fits the machine. The table: docs/decisions/0003-two-pip-calls.md. */
import type { Config, GpuFact } from '../types.ts'

export type TorchBackend = 'cpu' | 'cu126' | 'cu130'

/** What stands in the way of training on this machine as configured. */
export interface BackendProblem {
  readonly code: string
  readonly found: string
  readonly expected: string
  readonly remedy: string
}

export type BackendChoice = { readonly backend: TorchBackend } | { readonly problem: BackendProblem }

interface BackendInput {
  readonly torch: Config['environment']['torch']
  readonly gpus: readonly Pick<GpuFact, 'name' | 'computeCapability' | 'driver'>[]
  readonly os: string
  readonly arch: string
}

const ON_THE_CPU = 'To train on the CPU: --set environment.torch=cpu'

export function chooseTorchBackend({ torch, gpus, os, arch }: BackendInput): BackendChoice {
  if (torch === 'cpu') return { backend: 'cpu' }
  if (torch === 'auto' && (gpus.length === 0 || os === 'darwin')) return { backend: 'cpu' }
  if (torch === 'cu126') return notYet('cu126, for older drivers and GPUs,')
  if (os !== 'linux') return otherSystem(os)
  if (arch !== 'x64') return notYet(`CUDA on Linux ${arch}`)
  return chooseCuda(gpus)
}

function chooseCuda(gpus: BackendInput['gpus']): BackendChoice {
  const driver = gpus[0]?.driver ?? ''
  // 0 stands for unknown.
  const capabilities = gpus.map((gpu) => gpu.computeCapability).filter((capability) => capability > 0)
  if (capabilities.some((capability) => capability < 7.5)) {
    const oldest = gpus.find((gpu) => gpu.computeCapability === Math.min(...capabilities))!
    return notYet(`cu126, which ${oldest.name} (compute capability ${oldest.computeCapability}) needs,`)
  }
  if (gpus.length > 0 && Number.parseInt(driver, 10) < 580) return oldDriver(driver)
  return { backend: 'cu130' }
}

function oldDriver(driver: string): BackendChoice {
  return {
    problem: {
      code: 'gpu-driver',
      found: `NVIDIA driver ${driver}`,
      expected: '580 or newer, for torch with CUDA 13',
      remedy: `Update the NVIDIA driver. ${ON_THE_CPU}`,
    },
  }
}

function otherSystem(os: string): BackendChoice {
  const remedy = os === 'win32' ? `Use WSL. ${ON_THE_CPU}` : ON_THE_CPU
  return {
    problem: { code: 'torch-backend', found: `CUDA on ${os}`, expected: 'CUDA on Linux or WSL', remedy },
  }
}

function notYet(what: string): BackendChoice {
  return {
    problem: {
      code: 'torch-backend',
      found: `${what} is not available yet`,
      expected: 'cpu, or cu130 on Linux x64',
      remedy: ON_THE_CPU,
    },
  }
}
