import { expect, it } from 'vitest'
import { planContext } from '../../../src/plan/build-plan.ts'
import { deviceEnvironment, planDevice } from '../../../src/environment/device.ts'
import { planEnvironment } from '../../../src/environment/plan-environment.ts'
import type { Config, CudaFact, Facts, GpuFact } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'
import { told } from '../told.ts'

const two = [makeGpu({ index: 0, name: 'old' }), makeGpu({ index: 1, uuid: 'GPU-2b', name: 'new' })]

function facts(gpus: readonly GpuFact[], cuda: Partial<CudaFact> = {}): Facts {
  return { ...bareFacts, gpus, cuda: { visibleDevices: null, parts: [], trouble: null, ...cuda } }
}

const environmentOf = (of: Config, found: Facts) => deviceEnvironment(planDevice(of, found))

it.each<[string, Partial<CudaFact>, Record<string, string>]>([
  ['not set', {}, { CUDA_VISIBLE_DEVICES: '0' }],
  ['the second one', { visibleDevices: '1' }, { CUDA_VISIBLE_DEVICES: '1' }],
  ['by UUID', { visibleDevices: 'GPU-2' }, { CUDA_VISIBLE_DEVICES: '1' }],
  ['both, the second one first', { visibleDevices: '1,0' }, { CUDA_VISIBLE_DEVICES: '1' }],
  ['a part of a card', { parts: [makeGpu({ index: 0, uuid: 'MIG-5' })] }, { CUDA_VISIBLE_DEVICES: 'MIG-5' }],
])('the trainer gets the card that was planned: CUDA_VISIBLE_DEVICES %s', (_name, cuda, expected) => {
  expect(environmentOf(config(), facts(two, cuda))).toEqual({
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...expected,
  })
})

const four = [0, 1, 2, 3].map((index) => makeGpu({ index, uuid: `GPU-${index}` }))
const with3 = (more: Parameters<typeof makeGpu>[0]) => [
  ...four.slice(0, 3),
  makeGpu({ index: 3, uuid: 'GPU-3', ...more }),
]

it.each<[string, readonly GpuFact[], Record<string, unknown>, string]>([
  ['auto: all of one kind', four, {}, '0,1,2,3'],
  ['auto: not one of another kind', with3({ name: 'other' }), {}, '0,1,2'],
  ['auto: not one with less memory', with3({ gib: 12 }), {}, '0,1,2'],
  ['auto: not one that another program fills', with3({ freeBytes: 9e9 }), {}, '0,1,2'],
  ['auto: not one that a training of ours uses', with3({ inUse: true }), {}, '0,1,2'],
  ['auto: a free one, where the first is used', [{ ...four[0]!, inUse: true }, four[1]!], {}, '1'],
  [
    'auto: where all are used the first, whose lock tells by whom',
    four.map((gpu) => ({ ...gpu, inUse: true })),
    {},
    '0',
  ],
  [
    'auto: memory that the driver does not tell',
    four.map((gpu) => ({ ...gpu, freeBytes: null })),
    {},
    '0,1,2,3',
  ],
  ['two', four, { num_processes: 2 }, '0,1'],
  [
    'two, and the first is used',
    [{ ...four[0]!, inUse: true }, ...four.slice(1)],
    { num_processes: 2 },
    '1,2',
  ],
])('cards for launch.num_processes: %s', (_name, gpus, launch, expected) => {
  expect(environmentOf(config({ launch }), facts(gpus))['CUDA_VISIBLE_DEVICES']).toBe(expected)
})

it('the effective batch stays what the config says, on any number of cards', () => {
  const batch = (gpus: readonly GpuFact[]) => {
    const { training } = planContext(config(), facts(gpus))
    return [training.settings.num_processes, training.effective_batch]
  }
  expect([batch(four.slice(0, 1)), batch(four.slice(0, 2)), batch(four)]).toEqual([
    [1, 16],
    [2, 16],
    [4, 16],
  ])
})

it.each(['', '-1', 'NoDevFiles'])('no card, by CUDA_VISIBLE_DEVICES=%s', (visibleDevices) => {
  const found = facts(two, { visibleDevices })
  expect(planDevice(config(), found)).toMatchObject({ device: 'cpu', backend: 'cpu', problem: null })
  expect(environmentOf(config(), found)).toEqual({ ACCELERATE_USE_CPU: 'true' })
})

it('only the cards that train matter: an old one beside them does not', () => {
  const gpus = [makeGpu(), makeGpu({ index: 1, uuid: 'GPU-2b', computeCapability: 3.7 })]
  expect(planDevice(config(), facts(gpus)).problem).toBeNull()
  expect(planDevice(config(), facts(gpus, { visibleDevices: '1' })).problem?.code).toBe('torch-backend')
})

it.each<[string, Facts, Record<string, unknown>]>([
  ['an old driver', facts([makeGpu({ driver: '470.183.01' })]), { code: 'gpu-driver' }],
  [
    'a name that matches no card',
    facts(two, { visibleDevices: '5' }),
    {
      code: 'gpu-selection',
      found: 'CUDA_VISIBLE_DEVICES=5: there is no GPU 5',
      expected: 'one of 0 (old, GPU-1a), 1 (new, GPU-2b)',
      remedy: 'Mend CUDA_VISIBLE_DEVICES, or unset it. To train on the CPU: --set environment.torch=cpu',
    },
  ],
  [
    'a driver that does not answer',
    facts([], { trouble: 'Failed to initialize NVML: Driver/library version mismatch' }),
    {
      code: 'gpu-silent',
      found: 'nvidia-smi fails: Failed to initialize NVML: Driver/library version mismatch',
      expected: 'a driver that lists its GPUs',
      remedy:
        'Mend the NVIDIA driver; after an update of it, restart the machine. To train on the CPU: --set environment.torch=cpu',
    },
  ],
])('%s stands in the way, unless the CPU is asked for', (_name, found, problem) => {
  expect(told(planDevice(config(), found).problem)).toMatchObject(problem)
  for (const cpu of [{ environment: { torch: 'cpu' } }, { train: { preset: 'cpu' } }])
    expect(planDevice(config(cpu), found)).toMatchObject({ device: 'cpu', backend: 'cpu', problem: null })
})

const MACHINES: Facts[] = [
  ...[facts([]), facts(two), facts(two, { visibleDevices: '' }), facts(two, { visibleDevices: '9' })],
  ...[facts([makeGpu({ driver: '470.1' })]), facts([makeGpu({ computeCapability: 6.1 })])],
  ...[facts([], { trouble: 'no' }), facts([makeGpu({ freeBytes: null })])],
  { ...facts(two), machine: { ...bareFacts.machine, os: 'darwin' } },
  { ...facts(two), machine: { ...bareFacts.machine, os: 'win32' } },
  { ...facts(two), machine: { ...bareFacts.machine, arch: 'arm64' } },
]

it('settings and environment never disagree on the device', () => {
  for (const found of MACHINES) {
    for (const torch of ['auto', 'cpu', 'cu130']) {
      for (const preset of ['auto', '24gb', 'cpu']) {
        const of = config({ environment: { torch }, train: { preset } })
        const { device } = planContext(of, found).training.settings
        const { backend } = planDevice(of, found)
        const { commands } = planEnvironment({ config: of, facts: found })
        expect(commands[1]!.args.at(-1)).toBe(`/kit/python/locks/diffusers-${backend}.txt`)
        if (preset === 'cpu') expect(backend).toBe('cpu')
        if (device === 'cuda') expect(backend).not.toBe('cpu')
        if (torch === 'auto' && device === 'cpu') expect(backend).toBe('cpu')
      }
    }
  }
})
