import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followTrainingGpus } from '../../src/actions/runs/training-gpus.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Facts } from '../../src/types.ts'
import { followGpuUsage } from '../../src/tools/gpus/gpu-usage.ts'
import { observeGpus } from '../../src/tools/gpus/observe-gpus.ts'

const MIB = 1024 * 1024

let bin: string
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'cnk-bin-'))
  vi.stubEnv('PATH', bin)
  vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(bin, { recursive: true, force: true })
})

async function standIn(text: string): Promise<void> {
  const file = join(bin, 'nvidia-smi')
  await writeFile(file, `#!/bin/sh\n${text}\n`)
  await chmod(file, 0o755)
}

test('cards, their parts, and what the person set', async () => {
  await standIn(`case "$*" in
    --query-gpu=*--format=csv,noheader,nounits) echo '0, GPU-1, NVIDIA H200, 9.0, 580.1, 100, 90';;
    -L) printf 'GPU 0: NVIDIA H200 (UUID: GPU-1)\\n  MIG 1g.18gb     Device  0: (UUID: MIG-2)\\n';;
  esac`)
  vi.stubEnv('CUDA_VISIBLE_DEVICES', 'MIG-2')
  expect(await observeGpus()).toMatchObject({
    gpus: [{ name: 'NVIDIA H200', freeBytes: 90 * MIB }],
    cuda: {
      visibleDevices: 'MIG-2',
      parts: [{ name: 'NVIDIA H200 MIG 1g.18gb', uuid: 'MIG-2', freeBytes: null }],
      trouble: null,
    },
  })
})

test('driver 470 is asked again, without compute_cap', async () => {
  await standIn(`case "$1" in
    *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2;;
    --query-gpu=*) echo '0, GPU-1, Tesla V100, 470.182.03, 16160, 16155';;
  esac`)
  const { gpus, cuda } = await observeGpus()
  expect(gpus).toMatchObject([{ driver: '470.182.03', computeCapability: null }])
  expect(cuda.trouble).toBeNull()
})

test.each([
  ['no driver', null, null],
  ['a driver without a GPU', 'echo "No devices were found"; exit 6', null],
  [
    'a driver that was updated under a running kernel',
    'echo "Failed to initialize NVML: Driver/library version mismatch"; echo "NVML library version: 580.95"; exit 18',
    'Failed to initialize NVML: Driver/library version mismatch',
  ],
  ['a program that says nothing', 'exit 9', 'exit code 9'],
])('%s: no GPUs', async (_name, text, trouble) => {
  if (text !== null) await standIn(text)
  expect(await observeGpus()).toEqual({ gpus: [], cuda: { visibleDevices: null, parts: [], trouble } })
})

test('a driver that hangs', { timeout: 30_000 }, async () => {
  await standIn('exec /bin/sleep 60')
  const { cuda } = await observeGpus()
  expect(cuda.trouble).toBe('no answer within 10 seconds')
})

describe('what the cards are doing', () => {
  const follow = async (answers: number, giveUpMs: number) => {
    const told: unknown[] = []
    const ended = new AbortController()
    const timer = setTimeout(() => ended.abort(), giveUpMs)
    await followGpuUsage(
      (gpus) => {
        told.push(gpus)
        if (told.length === answers) ended.abort()
      },
      { signal: ended.signal, everyMs: 20 },
    )
    clearTimeout(timer)
    return told
  }

  test('as a real nvidia-smi prints it, again and again', async () => {
    await standIn(`case "$*" in
      "--query-gpu=index,utilization.gpu,memory.used,temperature.gpu --format=csv,noheader,nounits")
        echo '0, 97, 12970, 71'; echo '1, [N/A], [N/A], [N/A]';;
      *) exit 2;;
    esac`)
    const gpus = [
      { index: 0, busyPercent: 97, usedBytes: 12970 * MIB, celsius: 71 },
      { index: 1, busyPercent: null, usedBytes: null, celsius: null },
    ]
    expect(await follow(2, 20_000)).toEqual([gpus, gpus])
  })

  test('a driver that fails three times is left alone', async () => {
    await standIn(`echo x >> ${join(bin, 'asked')}; echo "Unable to determine the device handle"; exit 15`)
    expect(await follow(1, 60_000)).toEqual([])
    expect((await readFile(join(bin, 'asked'), 'utf8')).length).toBe(6)
  })

  test('of the cards on which the plan trains, from the start of the training on', async () => {
    await standIn(`case "$1" in
      *utilization*) echo '0, 1, 2, 3'; echo '1, 97, 12970, 71';;
      --query-gpu=*) echo '0, GPU-1, A, 9.0, 580.1, 1, 1'; echo '1, GPU-2, B, 9.0, 580.1, 1, 1';;
    esac`)
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '1')
    const { gpus, cuda } = await observeGpus()
    const config = configSchema.parse({ version: 1, name: 'x', dataset: { source: { generated: 8 } } })
    const machine = { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 8e9 }
    const told: unknown[] = []
    const follower = followTrainingGpus(
      { plan: { config }, facts: { gpus, cuda, machine } as unknown as Facts },
      (usage) => told.push(usage),
    )
    follower.see({ type: 'stage-started', stage: 'collect-images' })
    await wait(300)
    expect(told).toEqual([])
    follower.see({ type: 'stage-started', stage: 'train-controlnet' })
    follower.see({ type: 'stage-started', stage: 'train-controlnet' })
    await vi.waitFor(() => expect(told).not.toEqual([]), { timeout: 10_000 })
    follower.close()
    expect(told).toEqual([[{ index: 1, busyPercent: 97, usedBytes: 12970 * MIB, celsius: 71 }]])
  })

  test('without a driver nothing is asked', async () => {
    expect(await follow(1, 20_000)).toEqual([])
  })
})
