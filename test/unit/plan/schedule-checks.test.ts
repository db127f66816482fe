import { expect, it } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { findNewChecks, resolvePlan } from '../../../src/plan/resolve-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Check, Plan } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'
import { told } from '../told.ts'

/** 84 rows, an effective batch of 4: 21 steps an epoch, 63 in three. */
function planOf(train: Record<string, unknown>, pictures = 100): Plan {
  const facts = { ...bareFacts, source: { ...bareFacts.source, pictures } }
  return buildPlan({
    config: config({
      train: { effective_batch: 4, ...train },
      dataset: { source: { folder: './photos' }, validation: { count: 16 } },
    }),
    configFile: null,
    facts,
    specs: stageSpecs,
  })
}

const CODES = /^(warmup|lr-cycles|part-of|no-)/
const formatCheck = ({ status, path, found, expected, remedy }: Check): string =>
  `${status} ${path}: ${found}; expected ${expected}. ${remedy}`

const warmup = (lr_warmup_steps: number) => ({ lr_scheduler: 'constant_with_warmup', lr_warmup_steps })
const restarts = (lr_num_cycles: number) => ({ lr_scheduler: 'cosine_with_restarts', lr_num_cycles })

it.each<[Record<string, unknown>, string]>([
  [
    { ...warmup(500), max_train_steps: 30 },
    'fail train.lr_warmup_steps: 500 steps of warm-up: the learning rate ends at 6e-7, not 1e-5; expected less than the 30 steps of the run. A tenth of the run: --set train.lr_warmup_steps=3',
  ],
  [
    warmup(63),
    'fail train.lr_warmup_steps: 63 steps of warm-up: the learning rate reaches 1e-5 only at the last step; expected less than the 63 steps of the run. A tenth of the run: --set train.lr_warmup_steps=6',
  ],
  [
    warmup(20),
    'warn train.lr_warmup_steps: 20 steps of warm-up; expected at most a fifth of its 63 steps. A tenth of the run: --set train.lr_warmup_steps=6',
  ],
  [
    restarts(40),
    'fail train.lr_num_cycles: 40 cycles of the learning rate in 63 steps; expected at least two steps in a cycle. Fewer cycles: --set train.lr_num_cycles=1',
  ],
  [
    { max_train_steps: 10 },
    'warn train.max_train_steps: 10 steps, which see 40 of 84 rows; num_train_epochs is ignored; expected 21 steps for one pass over the dataset. Leave max_train_steps out: 3 epochs are 63 steps.',
  ],
  [
    { checkpointing_steps: 500 },
    'warn train.checkpointing_steps: a checkpoint every 500 steps in a run of 63; expected at most 63: there is one at the end only, and a run that is stopped starts again. Leave checkpointing_steps out: it follows from the number of steps.',
  ],
  [
    { validation_steps: 500 },
    'warn train.validation_steps: previews every 500 steps in a run of 63; expected at most 63: there are previews at the end only. Leave validation_steps out: it follows from the number of steps.',
  ],
])('%j', (train, expected) => {
  const checks = planOf(train).checks.filter(({ code }) => CODES.test(code))
  expect(checks.map((check) => told(formatCheck(check)))).toEqual([expected])
})

it.each([
  {},
  warmup(12),
  restarts(31),
  { max_train_steps: 21 },
  { checkpointing_steps: 63, validation_steps: 63 },
])('nothing to say of %j', (train) =>
  expect(planOf(train).checks.filter(({ code }) => CODES.test(code))).toEqual([]),
)

it('is checked again when the rows are known', () => {
  const before = planOf(warmup(12))
  const settle = (train: number) =>
    resolvePlan(before, { fingerprint: 'm', train, validation: 2 }, { specs: stageSpecs, facts: bareFacts })

  expect(findNewChecks(before, settle(84))).toEqual({ warnings: [], error: null })
  expect(findNewChecks(before, settle(60)).warnings.map(({ code }) => code)).toEqual(['warmup'])
  const { error } = findNewChecks(before, settle(10))
  expect(told(error?.hint)).toBe('A tenth of the run: --set train.lr_warmup_steps=0')
  expect(error).toMatchObject({
    reason: 'preflight',
    code: 'warmup',
    message: 'The dataset has another number of rows than estimated, and a check fails with it.',
    problems: [
      {
        path: 'train.lr_warmup_steps',
        message:
          '12 steps of warm-up: the learning rate ends at 7.5e-6, not 1e-5; expected less than the 9 steps of the run',
      },
    ],
  })
})
