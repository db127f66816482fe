import { expect, it } from 'vitest'
import { estimateNeededBytes, type MemorySettings } from '../../../src/presets/memory-need.ts'
import { findSmallerSettings } from '../../../src/presets/smaller-settings.ts'
import { setWords } from '../../../src/next-step.ts'
import { planSettings } from '../../../src/presets/plan-settings.ts'
import type { TrainingSettings } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'
import { told } from '../told.ts'

const settings = (
  batch: number,
  checkpointed: 'none' | 'controlnet' | 'both',
  more = {},
): MemorySettings => ({
  train_batch_size: batch,
  gradient_checkpointing: checkpointed !== 'none',
  gradient_checkpointing_unet: checkpointed === 'both',
  ...{ mixed_precision: 'bf16', resolution: 512, ...more },
})

it.each([
  // measured on an H200, in GB as nvidia-smi shows it
  [1, 'none', 11.08],
  [2, 'none', 11.61],
  [4, 'none', 13.22],
  [8, 'none', 16.99],
  [16, 'none', 25.82],
  [32, 'none', 43.35],
  [1, 'controlnet', 10.85],
  [4, 'controlnet', 11.84],
  [8, 'controlnet', 13.41],
  [16, 'controlnet', 19.13],
  [32, 'controlnet', 30.27],
  [1, 'both', 10.74],
  [4, 'both', 11.83],
  [16, 'both', 17.2],
  [32, 'both', 27.01],
] as const)('batch %i, checkpointing %s: as measured', (batch, checkpointed, gigabytes) => {
  expect(estimateNeededBytes(settings(batch, checkpointed)) / 1e9).toBeCloseTo(gigabytes, 6)
})

it.each([
  ['between the points', settings(6, 'none'), 15.1],
  ['beyond them', settings(48, 'none'), 60.9],
  ['256 px: a quarter of the pictures', settings(16, 'none', { resolution: 256 }), 13.2],
  ['64 px: nothing below one picture', settings(1, 'none', { resolution: 64 }), 11.1],
  ['fp16', settings(4, 'none', { mixed_precision: 'fp16' }), 13.2],
  ['fp32', settings(4, 'none', { mixed_precision: 'no' }), 18.4],
])('%s', (_name, of, gigabytes) => {
  expect(estimateNeededBytes(of) / 1e9).toBeCloseTo(gigabytes, 1)
})

const gpuSettings = (train = {}): TrainingSettings =>
  planSettings(config({ train }), { ...bareFacts, gpus: [makeGpu({ gib: 80 })] })

it.each<[string, Record<string, unknown>, string | null]>([
  ['preset 40gb', { preset: '40gb' }, '--set train.gradient_checkpointing=true'],
  ['preset 24gb', { preset: '24gb' }, '--set train.preset=16gb'],
  [
    'preset 16gb',
    { preset: '16gb' },
    '--set train.train_batch_size=4 --set train.gradient_accumulation_steps=4',
  ],
  [
    'a batch of its own',
    { train_batch_size: 4, gradient_accumulation_steps: 1 },
    '--set train.gradient_checkpointing=true',
  ],
  [
    'an odd one',
    { train_batch_size: 3, gradient_accumulation_steps: 1, gradient_checkpointing: true },
    '--set train.train_batch_size=1 --set train.gradient_accumulation_steps=3',
  ],
  ['the least', { train_batch_size: 1, gradient_checkpointing: true }, null],
  [
    'the least of the builtin engine',
    { train_batch_size: 1, gradient_checkpointing: true, engine: 'builtin' },
    '--set train.gradient_checkpointing_unet=true',
  ],
])('after %s comes', (_name, train, expected) => {
  const found = findSmallerSettings({
    settings: gpuSettings(train),
    config: config({ train }),
    freeBytes: null,
  })
  expect(found && told(setWords(found.set))).toBe(expected)
})

it.each<[number, string | null]>([
  [18.5e9, '--set train.preset=24gb'],
  [15e9, '--set train.preset=16gb'],
  [
    12.4e9,
    '--set train.train_batch_size=2 --set train.gradient_accumulation_steps=8 --set train.gradient_checkpointing=true',
  ],
  [10e9, null],
])('what fits %d bytes', (freeBytes, expected) => {
  const train = { preset: '40gb' }
  const found = findSmallerSettings({ settings: gpuSettings(train), config: config({ train }), freeBytes })
  expect(found && told(setWords(found.set))).toBe(expected)
})
