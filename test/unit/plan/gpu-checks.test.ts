import { describe, expect, it } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Check, Config, CudaFact, Facts, GpuFact, StampFact } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from './facts.ts'
import { told } from '../told.ts'

const SD = { base_model: { repo: 'stable-diffusion-v1-5/stable-diffusion-v1-5' } }

function facts(gpus: readonly GpuFact[], cuda: Partial<CudaFact> = {}): Facts {
  return { ...bareFacts, gpus, cuda: { visibleDevices: null, parts: [], trouble: null, ...cuda } }
}

const planOf = (of: Config, found: Facts) =>
  buildPlan({ config: of, configFile: null, facts: found, specs: stageSpecs })

/** The checks with one of these codes, each as `status code: found; expected …. remedy`. */
function checksOf(of: Config, found: Facts, codes: RegExp): string[] {
  return planOf(of, found)
    .checks.filter(({ code }) => codes.test(code))
    .map((check) => told(formatCheck(check)))
}

const formatCheck = ({ status, code, found, expected, remedy }: Check): string =>
  `${status} ${code}: ${found}; expected ${expected}. ${remedy}`.trim()

/** The environment that the quickstart left, for every build of torch. */
function withEnvironments(of: Config, found: Facts): Facts {
  const stamps: Record<string, StampFact> = {}
  for (const torch of ['cpu', 'auto', 'cu130'] as const) {
    const like = { ...of, environment: { ...of.environment, torch } }
    const stage = planOf(like, found).stages.find(({ name }) => name === 'create-environment')!
    const { stamp, name, fingerprint } = stage
    const finishedAt = '2026-11-22T10:12:00.000Z'
    stamps[stamp] = {
      changed: null,
      stamp: { v: 1, stage: name, fingerprint, finishedAt, line: '', files: [] },
    }
  }
  return { ...found, stamps }
}

describe('the driver', () => {
  it.each(['520.61.05', '470.182.03'])('%s fails, also with an environment in the cache', (driver) => {
    const found = withEnvironments(config(SD), facts([makeGpu({ driver })]))
    const plan = planOf(config(SD), found)
    expect(plan.stages.find(({ name }) => name === 'create-environment')?.action).toBe('reuse')
    expect(checksOf(config(SD), found, /driver|backend/)).toEqual([
      `fail gpu-driver: NVIDIA driver ${driver}; expected 580 or newer, for torch with CUDA 13. Update the NVIDIA driver. To train on the CPU: --set environment.torch=cpu`,
    ])
  })

  it.each([{ environment: { torch: 'cpu' } }, { train: { preset: 'cpu' } }])(
    'is of no matter for %j',
    (cpu) => {
      const found = withEnvironments(config(SD), facts([makeGpu({ driver: '470.1' })]))
      expect(checksOf(config({ ...SD, ...cpu }), found, /driver|backend|gpu/)).toEqual([
        'pass torch-backend: torch 2.13.0 cpu; expected a build that fits the GPU and its driver.',
      ])
    },
  )

  it('is not looked at when only the dataset is made', () => {
    const found = facts([makeGpu({ driver: '470.1' })])
    const { checks } = buildPlan({
      ...{ config: config(SD), configFile: null, facts: found, specs: stageSpecs },
      until: 'write-dataset',
    })
    expect(checks.filter(({ code }) => /gpu|backend/.test(code))).toEqual([])
  })
})

it('a driver that does not tell its version is told of', () => {
  const found = facts([makeGpu({ driver: '[N/A]' })])
  expect(checksOf(config(SD), found, /driver/)).toEqual([
    'warn gpu-driver-unknown: NVIDIA RTX A does not tell the version of its driver; expected 580 or newer. See with nvidia-smi which it is. For an older one: --set environment.torch=cu126',
  ])
})

it('torch for a GPU and the preset for the CPU: the preset decides, and says so', () => {
  const of = config({ ...SD, environment: { torch: 'cu130' }, train: { preset: 'cpu' } })
  expect(checksOf(of, facts([makeGpu()]), /^torch|^gpu/)).toEqual([
    'pass torch-backend: torch 2.13.0 cpu; expected a build that fits the GPU and its driver.',
    'warn torch-for-the-cpu: environment.torch: cu130, and train.preset: cpu; expected torch for the CPU, which is taken, since the preset trains there. To say so: --set environment.torch=cpu',
  ])
  expect(planOf(of, facts([makeGpu()])).training.settings.device).toBe('cpu')
})

describe('a GPU that is named and not there', () => {
  it.each<[string, Record<string, unknown>, Facts, string]>([
    [
      'a preset for a card',
      { train: { preset: '24gb' } },
      facts([]),
      'fail gpu-missing: nvidia-smi lists no GPU; expected a GPU for preset 24gb. To train on the CPU: --set train.preset=cpu',
    ],
    [
      'a preset for a card, hidden',
      { train: { preset: '24gb' } },
      facts([makeGpu()], { visibleDevices: '-1' }),
      'fail gpu-missing: CUDA_VISIBLE_DEVICES=-1, so no GPU; expected a GPU for preset 24gb. To train on the CPU: --set train.preset=cpu',
    ],
    [
      'a preset for a card, and the CPU',
      { train: { preset: '24gb' }, environment: { torch: 'cpu' } },
      facts([makeGpu()]),
      'fail gpu-missing: environment.torch: cpu; expected a GPU for preset 24gb. To train on the CPU: --set train.preset=cpu',
    ],
    [
      'torch for CUDA',
      { environment: { torch: 'cu130' } },
      facts([]),
      'fail gpu-missing: nvidia-smi lists no GPU; expected a GPU for torch cu130. To train on the CPU: --set environment.torch=cpu',
    ],
  ])('%s', (_name, change, found, expected) => {
    expect(checksOf(config({ ...SD, ...change }), found, /^gpu-missing$/)).toEqual([expected])
  })

  it('nothing is missing where none was named', () => {
    expect(checksOf(config(SD), facts([]), /^gpu/)).toEqual([])
    expect(checksOf(config(SD), facts([makeGpu()], { visibleDevices: '' }), /^gpu/)).toEqual([])
  })
})

it('bf16 on a card that only imitates it', () => {
  const found = facts([makeGpu({ name: 'Tesla T4', computeCapability: 7.5, gib: 15 })])
  expect(checksOf(config({ ...SD, train: { mixed_precision: 'bf16' } }), found, /bf16/)).toEqual([
    'warn bf16-on-gpu: bf16 on Tesla T4, compute capability 7.5; expected compute capability 8.0 or newer; older cards imitate it, slowly. Take fp16: --set train.mixed_precision=fp16',
  ])
  expect(checksOf(config(SD), found, /bf16/)).toEqual([])
})

describe('memory', () => {
  const card = (gib: number, freeBytes?: number) =>
    makeGpu({ name: 'NVIDIA GeForce RTX 3060', gib, ...(freeBytes === undefined ? {} : { freeBytes }) })

  it.each<[string, GpuFact, Record<string, unknown>, string]>([
    [
      '24 GiB',
      card(24),
      {},
      'pass gpu-memory: 25.2 GB free of 25.7 GB on NVIDIA GeForce RTX 3060 (GPU 0); expected 18.0 GB for preset 24gb: batch 8, bf16.',
    ],
    [
      '12 GiB',
      card(12),
      {},
      'pass gpu-memory: 12.3 GB free of 12.8 GB on NVIDIA GeForce RTX 3060 (GPU 0); expected 11.4 GB for preset 12gb: batch 4, 8-bit Adam, bf16.',
    ],
    [
      '8 GiB',
      card(8),
      {},
      'pass gpu-memory: 8.0 GB free of 8.5 GB on NVIDIA GeForce RTX 3060 (GPU 0); expected 7.9 GB for preset 8gb: batch 2, gradient checkpointing, 8-bit Adam, bf16.',
    ],
    [
      'a card that others use',
      card(24, 5e9),
      {},
      'fail gpu-memory: 5.0 GB free of 25.7 GB on NVIDIA GeForce RTX 3060 (GPU 0); expected 8.1 GB for preset 8gb: batch 1, gradient checkpointing, 8-bit Adam, bf16. Other programs hold 20.8 GB of the card: close them (nvidia-smi lists them), or take less. Take a card with more memory, or the CPU: --set train.preset=cpu',
    ],
    [
      'a preset that is named and too large',
      card(24),
      { preset: '40gb' },
      'fail gpu-memory: 25.2 GB free of 25.7 GB on NVIDIA GeForce RTX 3060 (GPU 0); expected 26.9 GB for preset 40gb: batch 16, bf16. This fits, with the same effective batch: controlnet-kit train --set train.preset=24gb',
    ],
    [
      'a preset that is named and leaves no margin is taken, with a warning',
      card(24, 17.5e9),
      { preset: '24gb' },
      'warn gpu-memory: 17.5 GB free of 25.7 GB on NVIDIA GeForce RTX 3060 (GPU 0); expected 18.0 GB for preset 24gb: batch 8, bf16. Other programs hold 8.3 GB of the card: close them (nvidia-smi lists them), or take less. This fits, with the same effective batch: controlnet-kit train --set train.preset=16gb',
    ],
    [
      'memory that is not told',
      makeGpu({ name: 'NVIDIA GB10', totalBytes: null, freeBytes: null }),
      {},
      'fail gpu-memory-unknown: NVIDIA GB10 does not tell how much memory is free; expected train.preset: 8gb, 12gb, 16gb, 24gb, 40gb or 80gb. Name the preset for the memory that is free, such as: --set train.preset=8gb',
    ],
    [
      'memory that is not told, and a preset',
      makeGpu({ name: 'NVIDIA GB10', totalBytes: null, freeBytes: null }),
      { preset: '24gb' },
      'warn gpu-memory-unknown: NVIDIA GB10 does not tell how much memory is free; expected 18.0 GB for preset 24gb: batch 8, bf16. See yourself whether that much is free.',
    ],
  ])('%s', (_name, gpu, train, expected) => {
    expect(checksOf(config({ ...SD, train }), facts([gpu]), /^gpu-memory/)).toEqual([expected])
  })

  it('the tiny pipeline fits every card', () => {
    expect(checksOf(config({ base_model: { generated: 'tiny' } }), facts([card(4)]), /^gpu-memory/)).toEqual(
      [],
    )
  })

  it('of the card that the trainer will see', () => {
    const gpus = [card(12), makeGpu({ index: 1, uuid: 'GPU-2', name: 'NVIDIA H200', gib: 140 })]
    const found = facts(gpus, { visibleDevices: '1' })
    expect(checksOf(config(SD), found, /^gpu-memory/)[0]).toMatch(/^pass .* on NVIDIA H200 \(GPU 1\)/)
    expect(planOf(config(SD), found).training.settings).toMatchObject({
      preset: '40gb',
      gpu: 'NVIDIA H200 (GPU 1)',
    })
  })
})
