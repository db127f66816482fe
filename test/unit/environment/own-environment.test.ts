/** `environment.kind: current`: what a plan says of packages that are there already. */
import { expect, it, test } from 'vitest'
import { planDevice } from '../../../src/environment/device.ts'
import { planExtras } from '../../../src/environment/extras.ts'
import { planContext } from '../../../src/plan/build-plan.ts'
import { TESTED_FOR_DIFFUSERS, TESTED_PACKAGES } from '../../../src/environment/pins.ts'
import { planEnvironment } from '../../../src/environment/plan-environment.ts'
import type { Facts, OwnPythonFact } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'
import { told } from '../told.ts'

type Found = Extract<OwnPythonFact, { ok: true }>

const tested = { ...TESTED_PACKAGES, ...TESTED_FOR_DIFFUSERS, torch: '2.13.0+cpu' }

function facts(more: Partial<Found> = {}, machine: Partial<Facts> = {}): Facts {
  const ownPython: Found = {
    ...{ ok: true, given: 'python3', file: '/opt/conda/bin/python3', version: '3.12.1' },
    ...{ packages: tested, torchBuild: 'cpu' },
    ...more,
  }
  return { ...bareFacts, ownPython, ...machine }
}

const own = (train: Record<string, unknown> = {}, torch = 'auto') =>
  config({ environment: { kind: 'current', torch }, train: { engine: 'builtin', ...train } })

const plan = (found: Facts, of = own()) => told(planEnvironment({ config: of, facts: found }))

const lines = (found: Facts, of = own()) =>
  plan(found, of)
    .checks.filter(({ status }) => status !== 'pass')
    .map(
      (check) => `${check.status} ${check.code}: ${check.found}; expected ${check.expected}. ${check.remedy}`,
    )

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(tested).filter(([name]) => !names.includes(name)))

test('the tested versions on Python 3.12 pass, and nothing is installed', () => {
  const { commands, python, folder, summary, checks } = plan(facts())
  expect(checks.map(({ code, status }) => `${code} ${status}`)).toEqual(['python pass', 'torch-backend pass'])
  expect(commands.map(({ file, args }) => [file, ...args].join(' '))).toEqual([
    '/opt/conda/bin/python3 /kit/python/launch.py /kit/python/try_environment.py --engine=builtin --device=cpu',
  ])
  expect(python).toBe('/opt/conda/bin/python3')
  expect(folder).toMatch(/^\{cache\}\/environments\/own-[0-9a-f]{16}$/)
  expect(summary).toBe('python3 as it is: Python 3.12.1, torch 2.13.0+cpu')
})

it.each<[string, Facts, string[]]>([
  [
    'no such Python',
    { ...bareFacts, ownPython: { ok: false, given: 'pyhton3', found: 'pyhton3 is no Python that runs' } },
    [
      'fail python: pyhton3 is no Python that runs; expected Python 3.11 or newer with the packages of the training. Activate your environment, or name its Python by its path (it is pyhton3 now).',
    ],
  ],
  [
    'an old Python',
    facts({ version: '3.10.13' }),
    [
      'fail python: Python 3.10.13 (/opt/conda/bin/python3); expected Python 3.11 or newer with the packages of the training. Activate your environment, or name its Python by its path (it is python3 now).',
    ],
  ],
  [
    'packages that are missing',
    facts({ packages: without('datasets', 'tensorboard') }),
    [
      'fail package-missing: /opt/conda/bin/python3 has no datasets, tensorboard; expected the packages that the training imports. The kit installs nothing there. Install them yourself: /opt/conda/bin/python3 -m pip install datasets==5.0.1 tensorboard==2.21.0',
    ],
  ],
  [
    'an old diffusers',
    facts({ packages: { ...tested, diffusers: '0.39.0' } }),
    [
      "fail package-old: diffusers 0.39.0 in /opt/conda/bin/python3; expected diffusers 0.40.0 or newer, as the kit's own trainer asks for. Install it there: /opt/conda/bin/python3 -m pip install diffusers==0.40.0",
      'warn package-untested: diffusers 0.39.0; expected 0.40.0, with which the kit is tested. Your own version is used.',
    ],
  ],
  [
    'another version of two packages: one line each',
    facts({ packages: { ...tested, transformers: '5.20.0', torch: '2.12.1+cu130' }, torchBuild: 'cu130' }),
    [
      'warn package-untested: torch 2.12.1; expected 2.13.0, with which the kit is tested. Your own version is used.',
      'warn package-untested: transformers 5.20.0; expected 5.23.0, with which the kit is tested. Your own version is used.',
    ],
  ],
  [
    'the CPU build of torch on a machine with a GPU',
    facts({}, { gpus: [makeGpu()] }),
    [
      'fail torch-backend: torch 2.13.0+cpu in python3, built for the CPU alone; expected a build for NVIDIA RTX A. Name a Python that has one (environment.python). To train on the CPU: --set environment.torch=cpu',
    ],
  ],
  [
    'CUDA 13 on an old driver',
    facts({ torchBuild: 'cu130' }, { gpus: [makeGpu({ driver: '550.54' })] }),
    [
      'fail gpu-driver: NVIDIA driver 550.54; expected 580 or newer, for your torch with CUDA 13. Update the NVIDIA driver, or name a Python with an older build of torch (environment.python). To train on the CPU: --set environment.torch=cpu',
    ],
  ],
  [
    'ROCm on a card of NVIDIA',
    facts({ torchBuild: 'rocm6.4' }, { gpus: [makeGpu()] }),
    [
      'fail torch-backend: torch 2.13.0+cpu in python3, built for AMD cards (ROCm); expected a build for NVIDIA RTX A. Name a Python that has one (environment.python). To train on the CPU: --set environment.torch=cpu',
      'warn environment-untested: torch for ROCm (rocm6.4), untested; expected CUDA on Linux x64, or the CPU. The environment is tried before the training; watch its first steps.',
    ],
  ],
  ['CUDA 12 on that driver', facts({ torchBuild: 'cu128' }, { gpus: [makeGpu({ driver: '550.54' })] }), []],
  [
    'CUDA on Linux arm64',
    facts({ torchBuild: 'cu130' }, { gpus: [makeGpu()], machine: { ...bareFacts.machine, arch: 'arm64' } }),
    [
      'warn environment-untested: CUDA on Linux arm64, untested; expected CUDA on Linux x64, or the CPU. The environment is tried before the training; watch its first steps.',
    ],
  ],
  [
    'ROCm',
    facts(
      { torchBuild: 'rocm6.4' },
      { gpus: [makeGpu({ name: 'AMD Instinct', driver: '6.4.1', computeCapability: null })] },
    ),
    [
      'warn environment-untested: torch for ROCm (rocm6.4), untested; expected CUDA on Linux x64, or the CPU. The environment is tried before the training; watch its first steps.',
    ],
  ],
])('%s', (_name, found, expected) => {
  expect(lines(found)).toEqual(expected)
})

it.each<[string, Facts, Record<string, unknown>, string | null]>([
  ['the pinned script', facts({ packages: { ...tested, diffusers: '0.39.0' } }), {}, '0.40.0'],
  [
    'a local script that takes it',
    facts(
      { packages: { ...tested, diffusers: '0.39.0' } },
      { script: { arguments: [], oldestDiffusers: '0.39.0' } },
    ),
    { script: './train.py' },
    null,
  ],
  [
    'a local script of the main branch',
    facts({}, { script: { arguments: [], oldestDiffusers: '0.41.0.dev0' } }),
    { script: './train.py' },
    '0.41.0.dev0',
  ],
])('diffusers older than the script asks for: %s', (_name, found, train, oldest) => {
  const failed = plan(found, own({ engine: 'diffusers', ...train })).checks.filter(
    ({ status }) => status === 'fail',
  )
  expect(failed.map(({ expected }) => expected)).toEqual(
    oldest === null ? [] : [`diffusers ${oldest} or newer, as train_controlnet.py asks for`],
  )
})

test("diffusers' script also needs torchvision", () => {
  const found = facts({ packages: without('torchvision') })
  expect(lines(found, own({ engine: 'diffusers' }))[0]).toContain('has no torchvision')
  expect(lines(found)).toEqual([])
})

test('8-bit Adam needs bitsandbytes, and is tried with the rest', () => {
  const { settings } = planContext(own({ use_8bit_adam: true }), facts()).training
  const withExtras = (packages: Record<string, string>) =>
    told(planEnvironment({ config: own(), facts: facts({ packages }), extras: planExtras(settings) }))
  expect(withExtras(tested).checks.find(({ status }) => status === 'fail')).toMatchObject({
    code: 'package-missing',
    found: '/opt/conda/bin/python3 has no bitsandbytes',
    remedy:
      'The kit installs nothing there. Install them yourself: /opt/conda/bin/python3 -m pip install bitsandbytes==0.50.2',
  })
  const whole = withExtras({ ...tested, bitsandbytes: '0.50.2' })
  expect(whole.checks.map(({ status }) => status)).toEqual(['pass', 'pass'])
  expect(whole.commands[0]!.args.at(-1)).toBe('--extra=bitsandbytes')
  expect(whole.key).toBe(plan(facts()).key)
})

test('the CPU is taken where it is asked for, whatever the build', () => {
  const found = facts({}, { gpus: [makeGpu()] })
  for (const of of [own({}, 'cpu'), own({ preset: 'cpu' })]) {
    expect(planDevice(of, found)).toMatchObject({ device: 'cpu', problem: null })
    expect(lines(found, of)).toEqual([])
  }
})

test('the versions make the key, the place of the Python does not; each Python is tried for itself', () => {
  const here = plan(facts())
  const there = plan(facts({ file: '/home/me/venv/bin/python' }))
  expect(there.key).toBe(here.key)
  expect(there.folder).not.toBe(here.folder)
  for (const more of [
    { packages: { ...tested, safetensors: '0.8.1' } },
    { version: '3.13.0' },
    { torchBuild: 'cu130' },
  ])
    expect(plan(facts(more)).key).not.toBe(here.key)
  expect(plan(facts({ version: '3.12.9' })).key).toBe(here.key)
})
