/** Whether the torch of a person's own environment can use the cards of this machine. Pure. */
import type { GpuFact } from '../types.ts'
import type { TorchInput } from './environment-kind.ts'
import { ON_THE_CPU, type BackendChoice, type BackendProblem } from './torch-backend.ts'

/** Oldest NVIDIA driver for builds of torch for CUDA 12 and 13. Source: docs/decisions/0003-two-pip-calls.md, NVIDIA's release notes. */
const OLDEST_DRIVERS: readonly { readonly builds: RegExp; readonly driver: number; readonly cuda: string }[] =
  [
    { builds: /^cu13/, driver: 580, cuda: 'CUDA 13' },
    { builds: /^cu12/, driver: 525, cuda: 'CUDA 12' },
  ]

/** Where the machine has cards that are meant to train, the build must be one for them: else nothing is put on the CPU in silence. */
export function chooseOwnTorch({ gpus, ownPython }: TorchInput): BackendChoice {
  const build = ownPython?.ok === true ? ownPython.torchBuild : null
  const [gpu] = gpus
  if (gpu === undefined) return { backend: build ?? 'cpu', problem: null }
  if (build === 'cpu') return { backend: 'cuda', problem: misfit(gpu, 'the CPU alone', ownPython) }
  if (build?.startsWith('rocm') === true && isNvidia(gpu))
    return { backend: build, problem: misfit(gpu, 'AMD cards (ROCm)', ownPython) }
  return { backend: build ?? 'cuda', problem: findDriverProblem(build, gpu.driver) }
}

/** AMD's cards have no compute capability. */
const isNvidia = ({ computeCapability }: GpuFact): boolean => computeCapability !== null

function misfit({ name }: GpuFact, builtFor: string, own: TorchInput['ownPython']): BackendProblem {
  const version = own?.ok === true ? own.packages['torch'] : undefined
  return {
    code: 'torch-backend',
    found: `torch ${version ?? ''} in ${own?.given ?? 'python3'}, built for ${builtFor}`,
    expected: `a build for ${name}`,
    remedy: `Name a Python that has one (environment.python). ${ON_THE_CPU}`,
  }
}

function findDriverProblem(build: string | null, driver: string): BackendProblem | null {
  const oldest = OLDEST_DRIVERS.find(({ builds }) => builds.test(build ?? ''))
  if (oldest === undefined || !(Number.parseInt(driver, 10) < oldest.driver)) return null
  return {
    code: 'gpu-driver',
    found: `NVIDIA driver ${driver}`,
    expected: `${oldest.driver} or newer, for your torch with ${oldest.cuda}`,
    remedy: `Update the NVIDIA driver, or name a Python with an older build of torch (environment.python). ${ON_THE_CPU}`,
  }
}
