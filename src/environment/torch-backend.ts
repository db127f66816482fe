/** Which build of torch fits the machine. The table: docs/decisions/0003-two-pip-calls.md. */
import { setWords } from '../next-step.ts'
import type { Check, Config, GpuFact } from '../types.ts'
import { TORCH_VERSION } from './pins.ts'

export type TorchBackend = 'cpu' | 'cu126' | 'cu130'

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

interface CudaBuild {
  readonly backend: Exclude<TorchBackend, 'cpu'>
  readonly cuda: string
  /** The oldest driver that it runs with. */
  readonly driver: number
  /** Compute capabilities that it has code for. */
  readonly from: number
  readonly to: number
  /** Empty, or what to say of it. */
  readonly note: string
}

/** In the order in which `auto` tries them. Sources: CUDA's release notes (drivers), PyTorch's build scripts (capabilities). */
const CUDA_BUILDS: readonly [CudaBuild, ...CudaBuild[]] = [
  { backend: 'cu130', cuda: 'CUDA 13', driver: 580, from: 7.5, to: Infinity, note: '' },
  { backend: 'cu126', cuda: 'CUDA 12.6', driver: 525, from: 5, to: 9, note: ', untested' },
]

export function chooseTorchBackend({ torch, gpus, os, arch }: BackendInput): BackendChoice {
  if (torch === 'cpu') return { backend: 'cpu', problem: null }
  if (torch === 'auto' && (gpus.length === 0 || os === 'darwin')) return { backend: 'cpu', problem: null }
  const builds = CUDA_BUILDS.filter(({ backend }) => torch === 'auto' || torch === backend)
  const { backend } = builds[0]!
  if (os !== 'linux') return { backend, problem: otherSystem(os) }
  if (arch !== 'x64') return { backend, problem: notYet(`CUDA on Linux ${arch}`) }
  const fitting = builds.find((build) => findGpuProblem(build, gpus) === null)
  if (fitting !== undefined) return { backend: fitting.backend, problem: null }
  // A newer driver helps, another card does not come by itself.
  const nearest = builds.find((build) => findUnknownCard(build, gpus) === undefined) ?? builds.at(-1)!
  return { backend: nearest.backend, problem: findGpuProblem(nearest, gpus) }
}

/** `, untested`, or nothing, to be said behind the build's name. */
function describeBuild(backend: string): string {
  return CUDA_BUILDS.find((build) => build.backend === backend)?.note ?? ''
}

/** Null where the driver does not tell its version: `[N/A]`. */
export function parseDriver(driver: string): number | null {
  const version = Number.parseInt(driver, 10)
  return Number.isNaN(version) ? null : version
}

function findGpuProblem(build: CudaBuild, gpus: BackendInput['gpus']): BackendProblem | null {
  const { cuda, from, to } = build
  const unknown = findUnknownCard(build, gpus)
  if (unknown !== undefined) {
    const range = to === Infinity ? `${from.toFixed(1)} or newer` : `${from.toFixed(1)} to ${to.toFixed(1)}`
    return {
      code: 'torch-backend',
      found: `${unknown.name}, compute capability ${unknown.computeCapability}`,
      expected: `${range}, for torch with ${cuda}`,
      remedy: ON_THE_CPU,
    }
  }
  const version = gpus[0] === undefined ? null : parseDriver(gpus[0].driver)
  if (version === null || version >= build.driver) return null
  return {
    code: 'gpu-driver',
    found: `NVIDIA driver ${gpus[0]!.driver}`,
    expected: `${build.driver} or newer, for torch with ${cuda}`,
    remedy: `Update the NVIDIA driver. ${ON_THE_CPU}`,
  }
}

/** A card that the build has no code for. */
function findUnknownCard({ from, to }: CudaBuild, gpus: BackendInput['gpus']) {
  return gpus.find(
    ({ computeCapability }) =>
      computeCapability !== null && (computeCapability < from || computeCapability > to),
  )
}

function otherSystem(os: string): BackendProblem {
  const remedy = os === 'win32' ? `Use WSL. ${ON_THE_CPU}` : ON_THE_CPU
  return { code: 'torch-backend', found: `CUDA on ${os}`, expected: 'CUDA on Linux or WSL', remedy }
}

function notYet(what: string): BackendProblem {
  return {
    code: 'torch-backend',
    found: `${what} is not available yet`,
    expected: 'cpu, or CUDA on Linux x64',
    remedy: ON_THE_CPU,
  }
}

/** The build of torch that the kit installs, or why none works. */
export function checkBackend({ backend, problem }: BackendChoice): Check {
  if (problem !== null) return { status: 'fail', ...problem }
  return {
    code: 'torch-backend',
    status: 'pass',
    found: `torch ${TORCH_VERSION} ${backend}${describeBuild(backend)}`,
    expected: 'a build that fits the GPU and its driver',
    remedy: '',
  }
}
