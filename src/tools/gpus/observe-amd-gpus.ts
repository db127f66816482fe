/** AMD's cards, as the kernel's driver shows them. Untested on real ones: for a person's own torch for ROCm. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CudaFact, GpuFact } from '../../types.ts'

const AMD = '0x1002'

/** `folder`: where the kernel lists display devices. Cards are numbered in its order; which are seen says HIP_VISIBLE_DEVICES. */
export async function observeAmdGpus(
  folder = '/sys/class/drm',
): Promise<{ gpus: GpuFact[]; cuda: CudaFact }> {
  const visibleDevices = process.env['HIP_VISIBLE_DEVICES'] ?? process.env['CUDA_VISIBLE_DEVICES'] ?? null
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^card\d+$/.test(name))
  const numbered = names.toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
  const found = await Promise.all(numbered.map((name) => readCard(join(folder, name, 'device'))))
  const gpus = found.filter((card) => card !== null).map((card, index) => ({ ...card, index }))
  return { gpus, cuda: { visibleDevices, parts: [], trouble: null } }
}

async function readCard(device: string): Promise<Omit<GpuFact, 'index'> | null> {
  const read = async (name: string): Promise<string | null> =>
    (await readFile(join(device, name), 'utf8').catch(() => null))?.trim() || null
  if ((await read('vendor')) !== AMD) return null
  const [total, used] = [await read('mem_info_vram_total'), await read('mem_info_vram_used')]
  if (total === null) return null
  return {
    uuid: (await read('unique_id')) ?? '',
    name: (await read('product_name')) ?? 'AMD GPU',
    computeCapability: null,
    driver: (await read('driver/module/version')) ?? 'amdgpu',
    totalBytes: Number(total),
    freeBytes: used === null ? null : Number(total) - Number(used),
  }
}
