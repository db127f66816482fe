/** `CUDA_VISIBLE_DEVICES`, read as CUDA reads it, but for names that match no card: CUDA skips them without a word. */
import type { CudaFact, GpuFact } from '../types.ts'

export interface VisibleGpus {
  /** The cards that a CUDA program sees, in its order, when cards are counted along the PCI bus. */
  readonly gpus: readonly GpuFact[]
  /** Null when each name matches a card: `there is no GPU 7`. */
  readonly problem: string | null
}

export function selectVisibleGpus(
  gpus: readonly GpuFact[],
  { visibleDevices, parts }: Pick<CudaFact, 'visibleDevices' | 'parts'>,
): VisibleGpus {
  if (visibleDevices === null) return { gpus: gpus.map((gpu) => partOf(gpu, parts)), problem: null }
  const selected: GpuFact[] = []
  for (const name of namesOf(visibleDevices)) {
    const found = findGpu(name, gpus, parts)
    if (typeof found === 'string') return { gpus: [], problem: found }
    if (selected.some(({ uuid }) => uuid === found.uuid))
      return { gpus: [], problem: `${name} is there twice` }
    selected.push(found)
  }
  return { gpus: selected, problem: null }
}

/** Schedulers write NoDevFiles where a job has no GPU. A negative number ends the list. */
function namesOf(visibleDevices: string): string[] {
  const names = visibleDevices.split(',').map((name) => name.trim())
  const end = names.findIndex((name) => /^-\d/.test(name) || name === 'NoDevFiles' || name === '')
  return end < 0 ? names : names.slice(0, end)
}

function findGpu(name: string, gpus: readonly GpuFact[], parts: readonly GpuFact[]): GpuFact | string {
  if (/^\d+$/.test(name)) {
    const card = gpus.find(({ index }) => index === Number(name))
    return card === undefined ? `there is no GPU ${name}` : partOf(card, parts)
  }
  const named = [...gpus, ...parts].filter(({ uuid }) => /^(GPU|MIG)-./.test(name) && uuid.startsWith(name))
  if (named.length > 1) return `${name} begins the UUID of more than one GPU`
  return named[0] === undefined ? `there is no GPU ${name}` : partOf(named[0], parts)
}

/** CUDA sees the first part of a card that is divided, never the whole. */
function partOf(gpu: GpuFact, parts: readonly GpuFact[]): GpuFact {
  if (parts.includes(gpu)) return gpu
  return parts.find(({ index }) => index === gpu.index) ?? gpu
}
