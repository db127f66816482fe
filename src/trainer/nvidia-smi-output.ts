/** Reads what `nvidia-smi --query-gpu=… --format=csv,noheader,nounits` prints. */
import type { GpuFact } from '../types.ts'

/** In this order. All of them exist in every driver that the pinned torch works with. */
export const GPU_FIELDS = 'index,uuid,name,compute_cap,driver_version,memory.total,memory.free'

const MIB = 1024 * 1024

/** One GPU a line; lines that are none ("No devices were found") are left out. Unknown numbers (`[N/A]`) are 0. */
export function parseGpus(text: string): GpuFact[] {
  return text.split(/\r?\n/).flatMap((line) => parseGpu(line.split(',').map((field) => field.trim())))
}

/** The name is not quoted and may hold commas: it is what lies between the first two fields and the last four. */
function parseGpu(fields: readonly string[]): GpuFact[] {
  const [index, uuid] = fields
  if (fields.length < 7 || index === undefined || uuid === undefined || !/^\d+$/.test(index)) return []
  const [computeCapability, driver, total, free] = fields.slice(-4) as [string, string, string, string]
  return [
    {
      index: Number(index),
      uuid,
      name: fields.slice(2, -4).join(', '),
      computeCapability: parseNumber(computeCapability),
      driver,
      totalBytes: parseNumber(total) * MIB,
      freeBytes: parseNumber(free) * MIB,
    },
  ]
}

function parseNumber(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
}
