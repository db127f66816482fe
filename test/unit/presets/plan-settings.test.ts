import { describe, expect, it } from 'vitest'
import { planContext } from '../../../src/plan/build-plan.ts'
import type { GpuFact, TrainingSettings } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'

const settingsOf = (gpus: GpuFact[], train = {}, more = {}): TrainingSettings =>
  planContext(config({ train, ...more }), { ...bareFacts, gpus }).training.settings

/** `16gb: 8 × 2 checkpointed` */
const batchOf = (settings: TrainingSettings): string =>
  `${settings.preset}: ${settings.train_batch_size} × ${settings.gradient_accumulation_steps}` +
  (settings.gradient_checkpointing ? ' checkpointed' : '') +
  (settings.gradient_checkpointing_unet ? ' twice' : '') +
  (settings.use_8bit_adam ? ' 8-bit' : '')

it.each<[string, GpuFact[], string]>([
  ['no GPU', [], 'cpu: 1 × 16'],
  ['6 GiB, too little', [makeGpu({ gib: 6 })], '8gb: 1 × 16 checkpointed 8-bit'],
  ['8 GiB', [makeGpu({ gib: 8 })], '8gb: 2 × 8 checkpointed 8-bit'],
  ['8 GiB with a desktop', [makeGpu({ gib: 8, freeBytes: 7.6e9 })], '8gb: 1 × 16 checkpointed 8-bit'],
  ['10 GiB: more pictures at a time', [makeGpu({ gib: 10 })], '8gb: 4 × 4 checkpointed 8-bit'],
  ['12 GiB', [makeGpu({ gib: 12 })], '12gb: 4 × 4 8-bit'],
  ['16 GiB', [makeGpu({ gib: 16 })], '16gb: 8 × 2 checkpointed'],
  ['24 GiB', [makeGpu({ gib: 24 })], '24gb: 8 × 2'],
  ['24 GiB, 9 of them taken', [makeGpu({ gib: 24, freeBytes: 16e9 })], '16gb: 8 × 2 checkpointed'],
  ['32 GiB', [makeGpu({ gib: 32 })], '40gb: 16 × 1'],
  ['40 GiB', [makeGpu({ gib: 40 })], '40gb: 16 × 1'],
  ['80 GiB: more memory is of no use', [makeGpu({ gib: 80 })], '40gb: 16 × 1'],
  ['memory not told', [makeGpu({ freeBytes: null })], '8gb: 1 × 16 checkpointed 8-bit'],
])('auto takes what fits %s', (_name, gpus, expected) => {
  expect(batchOf(settingsOf(gpus))).toBe(expected)
})

it.each<[string, Record<string, unknown>, string]>([
  ['a preset by name', { preset: '40gb' }, '40gb: 16 × 1'],
  ['the batch alone', { train_batch_size: 4 }, '24gb: 4 × 4'],
  ['the accumulation alone', { gradient_accumulation_steps: 4 }, '24gb: 4 × 4'],
  ['a batch that is no divisor: the nearest above', { train_batch_size: 5 }, '24gb: 5 × 4'],
  ['an effective batch', { effective_batch: 12, preset: '24gb' }, '24gb: 6 × 2'],
  ['an odd one', { effective_batch: 7, preset: '40gb' }, '40gb: 7 × 1'],
  ['a large one', { effective_batch: 64, preset: '80gb' }, '80gb: 32 × 2'],
  ['8-bit Adam', { use_8bit_adam: true }, '40gb: 16 × 1 8-bit'],
  ['8gb of the builtin engine', { preset: '8gb', engine: 'builtin' }, '8gb: 2 × 8 checkpointed twice 8-bit'],
  ['a batch beyond the effective one', { train_batch_size: 32, preset: '80gb' }, '80gb: 32 × 1'],
  ['both', { train_batch_size: 2, gradient_accumulation_steps: 3 }, '24gb: 2 × 3'],
  ['checkpointing', { gradient_checkpointing: true }, '40gb: 16 × 1 checkpointed'],
])('the config wins: %s', (_name, train, expected) => {
  expect(batchOf(settingsOf([makeGpu()], train))).toBe(expected)
})

it.each([12, 16, 24, 48, 140])('on a card of %i GiB a step is 16 pictures', (gib) => {
  for (const train of [{}, { train_batch_size: 2 }, { gradient_accumulation_steps: 8 }]) {
    const { train_batch_size, gradient_accumulation_steps } = settingsOf([makeGpu({ gib })], train)
    expect(train_batch_size * gradient_accumulation_steps).toBe(16)
  }
})

it('at 256 px four times as many pictures fit', () => {
  const dataset = { source: { folder: './photos' }, resolution: 256 }
  expect(settingsOf([makeGpu({ gib: 16 })], {}, { dataset }).preset).toBe('40gb')
})

describe('device and precision', () => {
  it.each<[string, GpuFact[], Record<string, unknown>, string]>([
    ['no GPU', [], {}, 'cpu no, 0 workers'],
    ['a new card', [makeGpu()], {}, 'cuda bf16 tf32, 4 workers'],
    ['an old one', [makeGpu({ computeCapability: 7.5 })], {}, 'cuda fp16, 4 workers'],
    ['one that does not tell', [makeGpu({ computeCapability: null })], {}, 'cuda fp16, 4 workers'],
    ['a named precision', [makeGpu()], { mixed_precision: 'no' }, 'cuda no tf32, 4 workers'],
    ['preset cpu', [makeGpu()], { preset: 'cpu' }, 'cpu no, 0 workers'],
  ])('%s', (_name, gpus, train, expected) => {
    const { device, mixed_precision, allow_tf32, dataloader_num_workers } = settingsOf(gpus, train)
    const text = `${device} ${mixed_precision}${allow_tf32 ? ' tf32' : ''}, ${dataloader_num_workers} workers`
    expect(text).toBe(expected)
  })
})
