/** One lock for each card, by its UUID: two trainings of ours never share one unawares. */
import { join } from 'node:path'
import type { GpuFact } from '../../types.ts'
import { isHeld, parseHolder, readOrNull } from '../files/lock-holder.ts'

export function gpuLockFile(cache: string, { uuid }: Pick<GpuFact, 'uuid'>): string {
  return join(cache, 'locks', `${uuid}.lock`)
}

/** The cards, those marked that a training of ours uses. */
export async function markUsedGpus(cache: string, gpus: readonly GpuFact[]): Promise<GpuFact[]> {
  return Promise.all(gpus.map(async (gpu) => ((await isUsed(cache, gpu)) ? { ...gpu, inUse: true } : gpu)))
}

async function isUsed(cache: string, gpu: GpuFact): Promise<boolean> {
  const holder = parseHolder((await readOrNull(gpuLockFile(cache, gpu))) ?? '')
  return holder !== null && (await isHeld(holder))
}
