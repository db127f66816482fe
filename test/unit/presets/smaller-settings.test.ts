import { expect, it } from 'vitest'
import { findSmallerSettings } from '../../../src/presets/smaller-settings.ts'
import { setWords } from '../../../src/next-step.ts'
import { planContext } from '../../../src/plan/build-plan.ts'
import { planModelParts } from '../../../src/trainer/base-model/model-parts.ts'
import type { TrainingSettings } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'
import { told } from '../told.ts'

const gpuSettings = (train = {}): TrainingSettings =>
  planContext(config({ train }), { ...bareFacts, gpus: [makeGpu({ gib: 80 })] }).training.settings

it.each<[string, Record<string, unknown>, string | null]>([
  ['preset 40gb', { preset: '40gb' }, '--set train.preset=24gb'],
  ['preset 24gb', { preset: '24gb' }, '--set train.preset=16gb'],
  ['preset 16gb', { preset: '16gb' }, '--set train.preset=12gb'],
  ['preset 8gb: nothing', { preset: '8gb' }, null],
  [
    'a batch of its own',
    { train_batch_size: 4, gradient_accumulation_steps: 1 },
    '--set train.gradient_checkpointing=true',
  ],
  [
    'an odd one',
    { train_batch_size: 3, gradient_accumulation_steps: 1, gradient_checkpointing: true },
    '--set train.use_8bit_adam=true',
  ],
  ['the least', { train_batch_size: 1, gradient_checkpointing: true, use_8bit_adam: true }, null],
])('after %s comes', (_name, train, expected) => {
  const found = findSmallerSettings({
    settings: gpuSettings(train),
    config: config({ train }),
    model: planModelParts(config(), {}),
    roomBytes: null,
  })
  expect(found && told(setWords(found.set))).toBe(expected)
})

it.each<[number, string | null]>([
  [18.5e9, '--set train.preset=24gb'],
  [15e9, '--set train.preset=16gb'],
  [12.4e9, '--set train.preset=12gb'],
  [10e9, '--set train.preset=8gb'],
  [7e9, null],
])('what fits %d bytes', (freeBytes, expected) => {
  const train = { preset: '40gb' }
  const found = findSmallerSettings({
    settings: gpuSettings(train),
    config: config({ train }),
    model: planModelParts(config(), {}),
    roomBytes: freeBytes - 1e9,
  })
  expect(found && told(setWords(found.set))).toBe(expected)
})

it('a training that has begun keeps its optimiser', () => {
  const train = { preset: '16gb' }
  const found = findSmallerSettings({
    settings: gpuSettings(train),
    config: config({ train }),
    model: planModelParts(config(), {}),
    roomBytes: 9e9,
    keepsOptimiser: true,
  })
  expect(found).toBeNull()
})
