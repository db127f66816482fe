import { expect, test } from 'vitest'
import { parseGpus } from '../../../src/trainer/nvidia-smi-output.ts'

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
  ['memory that is not told', '0, GPU-1, GB10, 12.1, 580.1, [N/A], [N/A]', { totalBytes: 0, freeBytes: 0 }],
  ['an unsupported field', '0, GPU-1, K80, [Not Supported], 470.1, 11441, 11441', { computeCapability: 0 }],
])('%s', (_name, line, fields) => expect(parseGpus(line)).toMatchObject([fields]))

test.each(['', 'No devices were found\n', "NVIDIA-SMI has failed because it couldn't communicate\n"])(
  'no GPU: %j',
  (text) => expect(parseGpus(text)).toEqual([]),
)
