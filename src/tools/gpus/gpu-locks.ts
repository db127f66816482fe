/** One lock for each GPU, by its UUID, so that two trainings of the kit don't use the same GPU by accident. */
import { join } from 'node:path'
import type { GpuFact } from '../../types.ts'
import { isHeld, parseHolder, readOrNull } from '../files/lock-holder.ts'

export function gpuLockFile(cache: string, { uuid }: Pick<GpuFact, 'uuid'>): string {
  return join(cache, 'locks', `${uuid}.lock`)
}

/** Returns the GPUs; those that a training of the kit uses are marked `inUse`. */
export async function markUsedGpus(cache: string, gpus: readonly GpuFact[]): Promise<GpuFact[]> {
  return Promise.all(gpus.map(async (gpu) => ((await isUsed(cache, gpu)) ? { ...gpu, inUse: true } : gpu)))
}

async function isUsed(cache: string, gpu: GpuFact): Promise<boolean> {
  const holder = parseHolder((await readOrNull(gpuLockFile(cache, gpu))) ?? '')
  return holder !== null && (await isHeld(holder))
}
