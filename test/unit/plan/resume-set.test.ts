/** Which overrides a run takes while it goes on: those that change nothing of what was learned so far. */
import { expect, it } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Facts, RunFact } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

type Changes = Record<string, unknown>

function goesOn(before: Changes, change: Changes): boolean {
  const recorded = config({ train: before })
  const now = config({ train: { ...before, ...change } })
  const planned = buildPlan({ config: recorded, configFile: null, facts: bareFacts, specs: stageSpecs })
  const run: RunFact = {
    ...{
      id: 'a',
      folder: '/runs/a',
      status: 'stopped',
      settings: null,
      checkpoint: 8,
      checkpoints: 1,
      stamps: {},
    },
    fingerprint: planned.stages.find(({ name }) => name === 'train-controlnet')!.fingerprint,
  }
  const facts: Facts = { ...bareFacts, runs: [run] }
  const plan = buildPlan({ config: now, configFile: null, facts, specs: stageSpecs, run: 'a', recorded })
  return plan.previous_run?.id === 'a'
}

const constant = { max_train_steps: 100 }
const linear = { max_train_steps: 100, lr_scheduler: 'linear' }
const warm = { max_train_steps: 100, lr_scheduler: 'constant_with_warmup', lr_warmup_steps: 5 }

it.each<[string, Changes, Changes, boolean]>([
  ['more steps at a constant rate', constant, { max_train_steps: 200 }, true],
  ['fewer steps at a constant rate', constant, { max_train_steps: 50 }, true],
  ['steps in place of epochs', { num_train_epochs: 3 }, { max_train_steps: 200 }, true],
  ['more epochs', { num_train_epochs: 3 }, { num_train_epochs: 5 }, true],
  ['more steps after a warm-up', warm, { max_train_steps: 200 }, true],
  ['more steps, where the rate follows the length', linear, { max_train_steps: 200 }, false],
  ['cadences', linear, { checkpointing_steps: 7, validation_steps: 9, checkpoints_total_limit: 5 }, true],
  ['workers', linear, { dataloader_num_workers: 0 }, true],
  ['the learning rate', constant, { learning_rate: 1e-3 }, false],
  ['the learning rate and the length', constant, { learning_rate: 1e-3, max_train_steps: 200 }, false],
  ['the seed', constant, { seed: 7 }, false],
  ['the schedule', constant, { lr_scheduler: 'cosine' }, false],
])('%s', (_name, before, change, expected) => {
  expect(goesOn(before, change)).toBe(expected)
})

it('a new training with another length is another one', () => {
  const of = (max_train_steps: number) =>
    buildPlan({
      ...{ config: config({ train: { max_train_steps } }), configFile: null, facts: bareFacts },
      specs: stageSpecs,
    }).stages.find(({ name }) => name === 'train-controlnet')!.fingerprint
  expect(of(100)).not.toBe(of(200))
})
