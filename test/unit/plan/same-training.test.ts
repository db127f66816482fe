/** docs/decisions/same-training.md: which keys and facts make a training another one. */
import { expect, it } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Facts } from '../../../src/types.ts'
import { bareFacts, config, makeGpu } from './facts.ts'

const gpuFacts: Facts = { ...bareFacts, gpus: [makeGpu({ gib: 80 })] }

function fingerprintOf(change: Record<string, unknown> = {}, facts: Facts = gpuFacts): string {
  const plan = buildPlan({ config: config(change), configFile: null, facts, specs: stageSpecs })
  return plan.stages.find(({ name }) => name === 'train-controlnet')!.fingerprint
}

const builtin = (train: Record<string, unknown> = {}) => ({ train: { engine: 'builtin', ...train } })

it.each<[string, Record<string, unknown>]>([
  ['preset', { train: { preset: '16gb' } }],
  ['batch and accumulation', { train: { train_batch_size: 2, gradient_accumulation_steps: 8 } }],
  ['the batch alone', { train: { train_batch_size: 1 } }],
  ['gradient checkpointing', { train: { gradient_checkpointing: true } }],
  ['data workers', { train: { dataloader_num_workers: 7 } }],
  [
    'checkpoints and previews',
    { train: { checkpointing_steps: 3, validation_steps: 4, checkpoints_total_limit: 2 } },
  ],
  ['patience with a silent trainer', { watch: { stall_timeout: '5m' } }],
  ['processes that are one', { launch: { num_processes: 1 } }],
])('the same training with another %s', (_name, change) => {
  expect(fingerprintOf(change)).toBe(fingerprintOf())
})

it.each([{ cache_latents: true }, { cache_captions: true }, { gradient_checkpointing_unet: true }])(
  'the same training with %j',
  (train) => expect(fingerprintOf(builtin(train))).toBe(fingerprintOf(builtin())),
)

it.each<[string, Partial<Facts>]>([
  ['with a card that is half full', { gpus: [makeGpu({ gib: 80, freeBytes: 15e9 })] }],
  ['on another card', { gpus: [makeGpu({ gib: 24, name: 'other', computeCapability: 8.9 })] }],
  ['on a card of 12 GB, with 8-bit Adam', { gpus: [makeGpu({ gib: 12 })] }],
  ['on a card of 8 GB', { gpus: [makeGpu({ gib: 8 })] }],
  ['on a card without bf16', { gpus: [makeGpu({ gib: 24, computeCapability: 7.5 })] }],
  ['on a machine with fewer cores', { machine: { ...bareFacts.machine, cores: 2 } }],
])('the same training %s', (_name, facts) => {
  expect(fingerprintOf({}, { ...gpuFacts, ...facts })).toBe(fingerprintOf())
})

it('the epochs do not count where the steps are given', () => {
  const of = (num_train_epochs: number) => fingerprintOf({ train: { max_train_steps: 50, num_train_epochs } })
  expect(of(2)).toBe(of(9))
})

it.each<[string, Record<string, unknown>]>([
  ['effective batch', { train: { train_batch_size: 2, gradient_accumulation_steps: 4 } }],
  ['effective batch by its key', { train: { effective_batch: 32 } }],
  ['optimiser by name', { train: { use_8bit_adam: true } }],
  ['precision, named', { train: { mixed_precision: 'fp16' } }],
  ['epochs', { train: { num_train_epochs: 5 } }],
  ['number of steps', { train: { max_train_steps: 5 } }],
  ['learning rate', { train: { learning_rate: 1e-4 } }],
  ['schedule', { train: { lr_scheduler: 'cosine' } }],
  ['start', { train: { controlnet_init: 'scaled' } }],
  ['optimiser', { train: { adam_beta1: 0.8 } }],
  ['seed', { train: { seed: 1 } }],
  ['engine', builtin()],
  ['start', { train: { controlnet_model_name_or_path: './start' } }],
])('another training with another %s', (_name, change) => {
  expect(fingerprintOf(change)).not.toBe(fingerprintOf())
})
