/** Which build of torch fits the machine. The table: docs/decisions/0003-two-pip-calls.md. */
import { setWords } from '../next-step.ts'
import type { Check, Config, GpuFact } from '../types.ts'
import { TORCH_VERSION } from './pins.ts'

export type TorchBackend = 'cpu' | 'cu130'

/** What stands in the way of training on this machine as configured; the words of a failed check. */
export interface BackendProblem {
  readonly code: string
  readonly found: string
  readonly expected: string
  readonly remedy: string
}

export interface BackendChoice {
  /**
   * The build that was meant, also when it can't be used: never another one in its place. Beside the builds that the kit
   * installs, a person's own may be any: `cu128`, `rocm6.4`.
   */
  readonly backend: string
  readonly problem: BackendProblem | null
}

interface BackendInput {
  readonly torch: Config['environment']['torch']
  /** The cards that the training will use. */
  readonly gpus: readonly Pick<GpuFact, 'name' | 'computeCapability' | 'driver'>[]
  readonly os: string
  readonly arch: string
}

export const ON_THE_CPU = `To train on the CPU: ${setWords({ 'environment.torch': 'cpu' })}`

export function chooseTorchBackend({ torch, gpus, os, arch }: BackendInput): BackendChoice {
  if (torch === 'cpu') return { backend: 'cpu', problem: null }
  if (torch === 'auto' && (gpus.length === 0 || os === 'darwin')) return { backend: 'cpu', problem: null }
  if (os !== 'linux') return { backend: 'cu130', problem: otherSystem(os) }
  if (arch !== 'x64') return { backend: 'cu130', problem: notYet(`CUDA on Linux ${arch}`) }
  return { backend: 'cu130', problem: findGpuProblem(gpus) }
}

const NEEDED_CAPABILITY = 7.5
const NEEDED_DRIVER = 580

function findGpuProblem(gpus: BackendInput['gpus']): BackendProblem | null {
  for (const { name, computeCapability } of gpus) {
    if (computeCapability !== null && computeCapability < NEEDED_CAPABILITY)
      return notYet(`cu126, which ${name} (compute capability ${computeCapability}) needs,`)
  }
  const driver = gpus[0]?.driver
  if (driver === undefined || !(Number.parseInt(driver, 10) < NEEDED_DRIVER)) return null
  return {
    code: 'gpu-driver',
    found: `NVIDIA driver ${driver}`,
    expected: `${NEEDED_DRIVER} or newer, for torch with CUDA 13`,
    remedy: `Update the NVIDIA driver. ${ON_THE_CPU}`,
  }
}

function otherSystem(os: string): BackendProblem {
  const remedy = os === 'win32' ? `Use WSL. ${ON_THE_CPU}` : ON_THE_CPU
  return { code: 'torch-backend', found: `CUDA on ${os}`, expected: 'CUDA on Linux or WSL', remedy }
}

function notYet(what: string): BackendProblem {
  return {
    code: 'torch-backend',
    found: `${what} is not available yet`,
    expected: 'cpu, or cu130 on Linux x64',
    remedy: ON_THE_CPU,
  }
}

/** The build of torch that the kit installs, or why none works. */
export function checkBackend({ backend, problem }: BackendChoice): Check {
  if (problem !== null) return { status: 'fail', ...problem }
  return {
    code: 'torch-backend',
    status: 'pass',
    found: `torch ${TORCH_VERSION} ${backend}`,
    expected: 'a build that fits the GPU and its driver',
    remedy: '',
  }
}
