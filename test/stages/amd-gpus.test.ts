/** There is no such card here: the files are laid out as the kernel's documentation of the driver amdgpu says. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { planDevice } from '../../src/environment/device.ts'
import { observeAmdGpus } from '../../src/tools/gpus/observe-amd-gpus.ts'
import { bareFacts, config } from '../unit/plan/facts.ts'

test('cards of AMD with their memory, in order; others and their outputs are left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cnk-drm-'))
  const add = async (card: string, files: Record<string, string>) => {
    await mkdir(join(folder, card, 'device'), { recursive: true })
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, card, 'device', name), `${text}\n`)
  }
  const amd = { vendor: '0x1002', mem_info_vram_total: '17163091968', mem_info_vram_used: '163091968' }
  await add('card10', { ...amd, product_name: 'AMD Instinct MI300X', unique_id: 'a1' })
  await add('card2', amd)
  await add('card0', { vendor: '0x8086' })
  await add('card2-DP-1', amd)
  vi.stubEnv('HIP_VISIBLE_DEVICES', '1')
  const { gpus, cuda } = await observeAmdGpus(folder)
  vi.unstubAllEnvs()
  const rest = {
    computeCapability: null,
    driver: 'amdgpu',
    totalBytes: 17_163_091_968,
    freeBytes: 17_000_000_000,
  }
  expect(gpus).toEqual([
    { index: 0, uuid: '', name: 'AMD GPU', ...rest },
    { index: 1, uuid: 'a1', name: 'AMD Instinct MI300X', ...rest },
  ])
  const ownPython = {
    ...{ ok: true as const, given: 'python3', file: '/p', version: '3.12.1', packages: {} },
    torchBuild: 'rocm6.4',
  } as const
  const found = { ...bareFacts, gpus, cuda, ownPython }
  const device = planDevice(config({ environment: { kind: 'current' } }), found)
  expect(device).toMatchObject({ device: 'cuda', backend: 'rocm6.4', problem: null, gpus: [{ index: 1 }] })
  await rm(folder, { recursive: true })
})
