import { expect, it } from 'vitest'
import { planSettings } from '../../../src/plan/presets.ts'
import { planTraining } from '../../../src/plan/training-maths.ts'
import type { GpuFact } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const GIB = 2 ** 30
const gpu = (gib: number, computeCapability = 8.6): GpuFact => ({
  ...{ index: 0, uuid: 'GPU-1', name: 'a card', driver: '580.1', computeCapability },
  totalBytes: gib * GIB,
  freeBytes: gib * GIB,
})

it.each([
  // rows, batch, accumulation, epochs → steps an epoch, total, cadence
  [1147, 4, 4, 3, 72, 216, 72],
  [100_000, 4, 1, 1, 25_000, 25_000, 5_000],
  [10, 4, 1, 1, 3, 3, 1],
  [5, 1, 4, 2, 2, 4, 2],
])('%i rows, %i × %i, %i epochs', (rows, batch, accumulation, epochs, perEpoch, total, every) => {
  const train = {
    train_batch_size: batch,
    gradient_accumulation_steps: accumulation,
    num_train_epochs: epochs,
  }
  const of = config({ train })
  const maths = planTraining(of, planSettings(of, bareFacts), { train: rows, validation: 16 })
  expect([maths.steps_per_epoch, maths.total_steps, maths.checkpoints.every]).toEqual([
    perEpoch,
    total,
    every,
  ])
  expect(maths.checkpoints.count).toBe(Math.floor(total / every))
  expect(maths.previews.count).toBe(Math.floor(total / every) + 1)
})

it.each<[string, GpuFact[], Record<string, unknown>, Record<string, unknown>]>([
  ['no GPU', [], {}, { preset: 'cpu', device: 'cpu', mixed_precision: 'no', dataloader_num_workers: 0 }],
  [
    '16 GiB',
    [gpu(16)],
    {},
    { preset: '16gb', train_batch_size: 1, mixed_precision: 'bf16', gradient_checkpointing: true },
  ],
  [
    '24 GiB',
    [gpu(24)],
    {},
    { preset: '24gb', train_batch_size: 4, dataloader_num_workers: 4, allow_tf32: true },
  ],
  ['80 GiB', [gpu(80, 9)], {}, { preset: '80gb', train_batch_size: 32 }],
  ['an old card', [gpu(16, 7.5)], {}, { mixed_precision: 'fp16', allow_tf32: false }],
  [
    'the config wins',
    [gpu(24)],
    { train_batch_size: 2, mixed_precision: 'no' },
    { train_batch_size: 2, mixed_precision: 'no' },
  ],
])('settings for %s', (_name, gpus, train, expected) => {
  expect(planSettings(config({ train }), { ...bareFacts, gpus })).toMatchObject(expected)
})
