import { expect, test } from 'vitest'
import { chooseTorchBackend } from '../../../src/environment/torch-backend.ts'
import type { Config } from '../../../src/types.ts'

type Torch = Config['environment']['torch']
const gpu = (computeCapability: number | null, driver: string, name = 'GPU') => ({
  name,
  computeCapability,
  driver,
})
const linux = { os: 'linux', arch: 'x64' }

test.each([
  ['no GPU', 'auto', [], linux, 'cpu'],
  ['a new one', 'auto', [gpu(9, '580.65.06')], linux, 'cu130'],
  ['Turing', 'auto', [gpu(7.5, '590.44')], linux, 'cu130'],
  ['Blackwell', 'auto', [gpu(12, '580.95.05')], linux, 'cu130'],
  ['capability not told', 'auto', [gpu(null, '580.95.05')], linux, 'cu130'],
  ['the CPU, though there is one', 'cpu', [gpu(9, '470.1')], linux, 'cpu'],
  ['an old driver', 'auto', [gpu(8.6, '535.183.01')], linux, 'cu126'],
  ['an old GPU', 'auto', [gpu(8.6, '580.1'), gpu(7, '580.1')], linux, 'cu126'],
  ['cu126 by name', 'cu126', [gpu(8.6, '580.1')], linux, 'cu126'],
  ['a driver that does not tell its version', 'auto', [gpu(8.6, '[N/A]')], linux, 'cu130'],
  ['no GPU here, but asked for', 'cu130', [], linux, 'cu130'],
  ['macOS', 'auto', [], { os: 'darwin', arch: 'arm64' }, 'cpu'],
] as const)('%s', (_name, torch: Torch, gpus, machine, backend) => {
  expect(chooseTorchBackend({ torch, gpus, ...machine })).toEqual({ backend, problem: null })
})

test.each([
  ['a driver for none', 'auto', [gpu(8.6, '470.182')], linux, 'gpu-driver', 'NVIDIA driver 470.182'],
  ['cu130 by name', 'cu130', [gpu(8.6, '535.183')], linux, 'gpu-driver', 'NVIDIA driver 535.183'],
  ['Blackwell, old driver', 'auto', [gpu(12, '570.1')], linux, 'gpu-driver', 'NVIDIA driver 570.1'],
  [
    'a GPU for none',
    'auto',
    [gpu(3.7, '470.1', 'Tesla K80')],
    linux,
    'torch-backend',
    'Tesla K80, compute capability 3.7',
  ],
  ['Windows', 'auto', [gpu(8.6, '580.1')], { os: 'win32', arch: 'x64' }, 'torch-backend', 'CUDA on win32'],
  ['CUDA on macOS', 'cu130', [], { os: 'darwin', arch: 'arm64' }, 'torch-backend', 'CUDA on darwin'],
  [
    'ARM',
    'auto',
    [gpu(9, '580.1')],
    { os: 'linux', arch: 'arm64' },
    'torch-backend',
    'CUDA on Linux arm64 is not available yet',
  ],
] as const)('%s stands in the way', (_name, torch: Torch, gpus, machine, code, found) => {
  const choice = chooseTorchBackend({ torch, gpus, ...machine })
  expect(choice).toMatchObject({ problem: { code, found } })
  expect(choice.problem?.remedy).toContain('environment.torch=cpu')
  expect(choice.backend, 'never another build in its place').not.toBe('cpu')
})
