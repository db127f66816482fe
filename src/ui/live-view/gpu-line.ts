/** What the view says of the GPUs that train. Pure. */
import type { GpuUsage } from '../../types.ts'
import { formatGigabytes } from '../../words.ts'

/** `GPU 97 %  13.6 GB  71 °C`; of several GPUs the range of the work, and the most memory and heat of one. */
export function gpuLine(gpus: readonly GpuUsage[]): string {
  const work = known(gpus.map(({ busyPercent }) => busyPercent))
  const memory = known(gpus.map(({ usedBytes }) => usedBytes))
  const heat = known(gpus.map(({ celsius }) => celsius))
  const words = [
    ...(work.length === 0 ? [] : [`${range(work)} %`]),
    ...(memory.length === 0 ? [] : [formatGigabytes(Math.max(...memory))]),
    ...(heat.length === 0 ? [] : [`${Math.max(...heat)} °C`]),
  ]
  if (words.length === 0) return ''
  return `${gpus.length === 1 ? 'GPU' : `${gpus.length} GPUs`} ${words.join('  ')}`
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low === high ? `${low}` : `${low}–${high}`
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null)
