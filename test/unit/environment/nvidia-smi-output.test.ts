import { expect, test } from 'vitest'
import {
  OLD_GPU_FIELDS,
  parseGpus,
  parseGpuUsage,
  parseMigParts,
} from '../../../src/environment/nvidia-smi-output.ts'

const MIB = 1024 * 1024

test('two GPUs', () => {
  const text = `0, GPU-1a2b, NVIDIA GeForce RTX 4080, 8.9, 580.95.05, 16376, 15800
1, GPU-3c4d, NVIDIA H200, 9.0, 580.95.05, 143771, 143000\n`
  expect(parseGpus(text)).toEqual([
    {
      index: 0,
      uuid: 'GPU-1a2b',
      name: 'NVIDIA GeForce RTX 4080',
      computeCapability: 8.9,
      driver: '580.95.05',
      totalBytes: 16376 * MIB,
      freeBytes: 15800 * MIB,
    },
    {
      index: 1,
      uuid: 'GPU-3c4d',
      name: 'NVIDIA H200',
      computeCapability: 9,
      driver: '580.95.05',
      totalBytes: 143771 * MIB,
      freeBytes: 143000 * MIB,
    },
  ])
})

test.each([
  [
    'a name with a comma',
    '0, GPU-1, Card, 24 GB, 8.6, 580.1, 1, 1',
    { name: 'Card, 24 GB', computeCapability: 8.6 },
  ],
  [
    'memory that is not told',
    '0, GPU-1, GB10, 12.1, 580.1, [N/A], [N/A]',
    { totalBytes: null, freeBytes: null },
  ],
  ['memory after a fault', '0, GPU-1, H100, 9.0, 580.1, 81559, [Unknown Error]', { freeBytes: null }],
  [
    'an unsupported field',
    '0, GPU-1, K80, [Not Supported], 470.1, 11441, 11441',
    { computeCapability: null },
  ],
])('%s', (_name, line, fields) => expect(parseGpus(line)).toMatchObject([fields]))

test.each(['', 'No devices were found\n', "NVIDIA-SMI has failed because it couldn't communicate\n"])(
  'no GPU: %j',
  (text) => expect(parseGpus(text)).toEqual([]),
)

test('driver 470, which does not know compute_cap', () => {
  const text = '0, GPU-1, Tesla V100-SXM2-16GB, 470.182.03, 16160, 16155\n'
  expect(parseGpus(text, OLD_GPU_FIELDS)).toMatchObject([
    { name: 'Tesla V100-SXM2-16GB', driver: '470.182.03', computeCapability: null, freeBytes: 16155 * MIB },
  ])
})

test('parts of cards', () => {
  const gpus = parseGpus(`0, GPU-aa, NVIDIA A100-SXM4-40GB, 8.0, 580.1, 40960, 40000
1, GPU-bb, NVIDIA A100-SXM4-40GB, 8.0, 580.1, 40960, 40000`)
  const listing = `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aa)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-bb)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736-a75d-5afc-978f-d2f1294409fd)
  MIG 1g.5gb      Device  1: (UUID: MIG-GPU-bb/7/0)
`
  const part = { index: 1, computeCapability: 8, totalBytes: null, freeBytes: null }
  expect(parseMigParts(listing, gpus)).toMatchObject([
    {
      ...part,
      name: 'NVIDIA A100-SXM4-40GB MIG 3g.20gb',
      uuid: 'MIG-c7384736-a75d-5afc-978f-d2f1294409fd',
    },
    { ...part, name: 'NVIDIA A100-SXM4-40GB MIG 1g.5gb', uuid: 'MIG-GPU-bb/7/0' },
  ])
})

test.each([
  ['0, 97, 12970, 71', [0, 97, 12970 * 1024 * 1024, 71]],
  ['0, 97 %, 12970 MiB, 71', [0, 97, 12970 * 1024 * 1024, 71]],
  ['3, [N/A], [N/A], [N/A]', [3, null, null, null]],
  ['1, [Unknown Error], 12970, [Not Supported]', [1, null, 12970 * 1024 * 1024, null]],
])('what a card is doing: %s', (line, [index, busyPercent, usedBytes, celsius]) =>
  expect(parseGpuUsage(`${line}\r\nNo devices were found\n`)).toEqual([
    { index, busyPercent, usedBytes, celsius },
  ]),
)
