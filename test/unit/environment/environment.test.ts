import { expect, test } from 'vitest'
import { planEnvironment } from '../../../src/environment/plan-environment.ts'
import type { Config } from '../../../src/types.ts'

type Input = Parameters<typeof planEnvironment>[0]
type Changes = {
  config?: { torch?: Config['environment']['torch']; engine?: Config['train']['engine'] }
  facts?: Partial<Input['facts']>
}

const python = { ok: true, file: '/usr/bin/python3.11', version: '3.11.7', minor: '3.11' } as const
const machine = { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 1 } as const
const cuda = { visibleDevices: null, parts: [], trouble: null }
const newGpu = {
  index: 0,
  uuid: 'GPU-1',
  name: 'RTX',
  computeCapability: 8.9,
  driver: '580.95',
  totalBytes: 1,
  freeBytes: 1,
}

function input({ config, facts }: Changes = {}): Input {
  const pythonFiles = { 'python/locks/builtin-cpu.txt': 'aa', 'python/locks/diffusers-cpu.txt': 'bb' }
  return {
    config: {
      environment: { kind: 'venv', python: 'python3', torch: config?.torch ?? 'auto' },
      train: {
        engine: config?.engine ?? 'builtin',
        preset: 'auto',
        trackers: [] as string[],
      } as Config['train'],
      launch: { num_processes: 'auto', num_machines: 1 },
    },
    facts: {
      ...{ packageRoot: '/kit', cache: '/cache', python, ownPython: null, script: null, gpus: [], cuda },
      ...{ machine, pythonFiles },
      ...facts,
    },
  }
}

const lines = (plan: ReturnType<typeof planEnvironment>) =>
  plan.commands.map(({ file, args }) => [file, ...args].join(' '))

test('the commands of a CPU environment on Linux', () => {
  const plan = planEnvironment({ ...input(), folder: '/venv' })
  const pip =
    '/venv/bin/python /kit/python/launch.py /kit/python/run_module.py pip install --no-deps --only-binary :all:'
  expect(lines(plan)).toEqual([
    '/usr/bin/python3.11 /kit/python/launch.py /kit/python/run_module.py venv /venv',
    `${pip} --require-hashes -r /kit/python/locks/builtin-cpu.txt`,
    `${pip} torch==2.13.0+cpu`,
    `${pip} --index-url https://download.pytorch.org/whl/cpu torch==2.13.0+cpu`,
    '/venv/bin/python /kit/python/launch.py /kit/python/check_environment.py 2.13.0 cpu /kit/python/locks/builtin-cpu.txt',
  ])
  expect(plan.commands[1]!.env).toEqual({
    PIP_NO_INPUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_USER: '0',
  })
  expect(plan.python).toBe('/venv/bin/python')
})

test('extras come from their own lock, into an environment of their own', () => {
  const plan = planEnvironment({ ...input(), extras: ['bitsandbytes'], folder: '/venv' })
  const files = ['builtin', 'bitsandbytes'].map((name) => `/kit/python/locks/${name}-cpu.txt`)
  expect(lines(plan)[1]).toMatch(` --require-hashes -r ${files[0]} -r ${files[1]}`)
  expect(lines(plan).at(-1)).toMatch(`check_environment.py 2.13.0 cpu ${files.join(' ')}`)
  const [plain, extra] = [planEnvironment(input()), planEnvironment({ ...input(), extras: ['bitsandbytes'] })]
  expect(extra.folder).not.toBe(plain.folder)
  expect(extra.key).toBe(plain.key)
})

test('cu126 is asked for at home, then at PyTorch', () => {
  const torch = lines(planEnvironment(input({ facts: { gpus: [{ ...newGpu, driver: '535.1' }] } }))).filter(
    (line) => line.includes('torch=='),
  )
  expect(torch.map((line) => line.split('all: ')[1])).toEqual([
    'torch==2.13.0+cu126',
    '--index-url https://download.pytorch.org/whl/cu126 torch==2.13.0+cu126',
  ])
})

test.each([
  ['macOS', { facts: { machine: { ...machine, os: 'darwin', arch: 'arm64' } } }],
  ['a GPU', { facts: { gpus: [newGpu] } }],
] as const)('torch comes from the package index alone: %s', (_name, changes) => {
  const torch = lines(planEnvironment(input(changes))).filter(
    (line) => line.includes(' pip ') && line.includes('torch=='),
  )
  expect(torch).toHaveLength(1)
  expect(torch[0]).toMatch(/ torch===2\.13\.0$/)
})

test.each([
  ['the engine', { config: { engine: 'diffusers' } }],
  ['the GPU', { facts: { gpus: [newGpu] } }],
  ["Python's version", { facts: { python: { ...python, minor: '3.12' } } }],
  ["the lock's content", { facts: { pythonFiles: { 'python/locks/builtin-cpu.txt': 'cc' } } }],
] as const)('the key depends on %s', (_name, changes) => {
  const key = planEnvironment(input()).key
  expect(key).toMatch(/^[0-9a-f]{16}$/)
  expect(planEnvironment(input(changes as Changes)).key).not.toBe(key)
  expect(planEnvironment(input()).folder).toBe(`{cache}/environments/${key}`)
})

test.each([
  ['python-missing', 'CNK_PYTHON'],
  ['python-version', 'CNK_PYTHON'],
  ['python-venv', 'apt-get install python3-venv'],
] as const)('%s fails a check', (code, remedy) => {
  const { checks } = planEnvironment(
    input({ facts: { python: { ok: false, code, found: 'what was found' } } }),
  )
  expect(checks[0]).toMatchObject({ code, status: 'fail', found: 'what was found' })
  expect(checks[0]!.remedy).toContain(remedy)
})

test('an old driver fails a check, and the machine as it is passes both', () => {
  const old = planEnvironment(input({ facts: { gpus: [{ ...newGpu, driver: '470.1' }] } }))
  expect(old.checks.map((check) => `${check.code} ${check.status}`)).toEqual([
    'python pass',
    'gpu-driver fail',
  ])
  const { checks } = planEnvironment(input())
  expect(checks.map((check) => `${check.code} ${check.status} ${check.found}`)).toEqual([
    'python pass Python 3.11.7',
    'torch-backend pass torch 2.13.0 cpu',
  ])
})
