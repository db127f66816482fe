import { describe, expect, it, test } from 'vitest'
import { told } from '../told.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Facts, RunFact, StampFact } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const ROOMY = 1e12

/** All on one file system, with so much free. */
const oneDisk = (freeBytes: number): Facts['disks'] => ({
  dataset: { freeBytes, device: 7 },
  runs: { freeBytes, device: 7 },
  cache: { freeBytes, device: 7 },
})

/** More checkpoints than are kept. */
const LONG = { max_train_steps: 1000 }

function planOf(facts: Partial<Facts>, more: Record<string, unknown> = {}, until?: 'write-dataset') {
  return buildPlan({
    ...{
      config: config({ train: LONG, ...more }),
      configFile: null,
      specs: stageSpecs,
      facts: { ...bareFacts, ...facts },
    },
    ...(until === undefined ? {} : { until }),
  })
}

const disksOf = (...given: Parameters<typeof planOf>) =>
  planOf(...given).checks.filter(({ code }) => code === 'disk')
const texts = (...given: Parameters<typeof planOf>) =>
  disksOf(...given).map(({ status, found, expected }) => `${status}: ${found}; expected ${expected}`)

/** Stamps of all stages of these names as made. */
function stampsOf(names: readonly string[], more: Record<string, unknown> = {}): Facts['stamps'] {
  const made = planOf({}, more).stages.filter(({ name }) => names.includes(name))
  return Object.fromEntries(
    made.map(({ name, stamp, fingerprint }): [string, StampFact] => {
      const finishedAt = '2026-11-22T10:12:00.000Z'
      return [
        stamp,
        { stamp: { v: 1, stage: name, fingerprint, finishedAt, line: '', files: [] }, changed: null },
      ]
    }),
  )
}

describe('what is still to be made, each disk by itself', () => {
  it('on three', () => {
    expect(texts({})).toEqual([
      'pass: 1000.0 GB free for /home/me/dataset; expected 50 MB (dataset 50 MB)',
      "pass: 1000.0 GB free for /home/me/.cache/controlnet-kit; expected 6.0 GB (base model 4.3 GB, environment 1.6 GB, the trainer's copy of the dataset 50 MB)",
      'pass: 1000.0 GB free for /home/me/runs; expected 22.4 GB (4 checkpoints 17.4 GB, halved copies for the evaluation 3.7 GB, model 1.5 GB)',
    ])
  })

  it('on one, where all needs add up', () => {
    expect(told(disksOf({ disks: oneDisk(27e9) }))).toEqual([
      {
        code: 'disk',
        path: null,
        status: 'fail',
        found: '27.0 GB free for /home/me/dataset, /home/me/runs, /home/me/.cache/controlnet-kit',
        expected:
          "28.4 GB (4 checkpoints 17.4 GB, base model 4.3 GB, halved copies for the evaluation 3.7 GB, environment 1.6 GB, model 1.5 GB, dataset 50 MB, the trainer's copy of the dataset 50 MB)",
        remedy:
          'Free some space, or name a folder on a larger disk: dataset.output, runs, CNK_HOME. Fewer checkpoints fit: --set train.checkpoints_total_limit=2',
      },
    ])
    expect(disksOf({ disks: oneDisk(29e9) })).toMatchObject([{ status: 'pass', remedy: '' }])
    // Not advised where it would not be enough.
    expect(disksOf({ disks: oneDisk(20e9) })[0]!.remedy).not.toContain('Fewer checkpoints')
  })

  it('little space is told in megabytes', () => {
    const disks = { ...bareFacts.disks, dataset: { freeBytes: 400_000, device: 1 } }
    expect(disksOf({ disks })[0]).toEqual({
      code: 'disk',
      path: null,
      status: 'fail',
      found: '0 MB free for /home/me/dataset',
      expected: '50 MB (dataset 50 MB)',
      remedy: 'Free some space, or name a folder on a larger disk: dataset.output.',
    })
  })

  it('the dataset alone', () => {
    expect(texts({ disks: oneDisk(ROOMY) }, {}, 'write-dataset')).toEqual([
      'pass: 1000.0 GB free for /home/me/dataset; expected 50 MB (dataset 50 MB)',
    ])
  })
})

test.each<[string, Partial<Facts>, Record<string, unknown>, string]>([
  [
    'the quickstart',
    { source: { ...bareFacts.source, kind: 'generated', pictures: 48 } },
    {
      dataset: { source: { generated: 48 }, resolution: 256 },
      base_model: { generated: 'tiny' },
      environment: { torch: 'cpu' },
      train: { engine: 'builtin', max_train_steps: 40 },
    },
    "1.8 GB (environment 1.6 GB, 4 checkpoints 54 MB, made-up pictures 20 MB, halved copies for the evaluation 9 MB, base model 8 MB, dataset 6 MB, the trainer's copy of the dataset 6 MB, model 5 MB)",
  ],
  [
    'an environment that is there',
    { stamps: stampsOf(['create-environment']) },
    {},
    "26.8 GB (4 checkpoints 17.4 GB, base model 4.3 GB, halved copies for the evaluation 3.7 GB, model 1.5 GB, dataset 50 MB, the trainer's copy of the dataset 50 MB)",
  ],
  [
    'a base model of which most is fetched',
    { baseModel: { ...bareFacts.baseModel!, partialBytes: 4e9 } },
    {},
    "24.4 GB (4 checkpoints 17.4 GB, halved copies for the evaluation 3.7 GB, environment 1.6 GB, model 1.5 GB, base model 270 MB, dataset 50 MB, the trainer's copy of the dataset 50 MB)",
  ],
  [
    'few checkpoints',
    {},
    { train: { max_train_steps: 10, checkpointing_steps: 10 } },
    "11.8 GB (1 checkpoint 4.4 GB, base model 4.3 GB, environment 1.6 GB, model 1.5 GB, dataset 50 MB, the trainer's copy of the dataset 50 MB)",
  ],
  [
    'a card: its build of torch is larger',
    {
      gpus: [
        {
          ...{ index: 0, uuid: 'u', name: 'NVIDIA L4', computeCapability: 8.9, driver: '580.65.06' },
          ...{ totalBytes: 24e9, freeBytes: 24e9 },
        },
      ],
    },
    { base_model: { folder: './sd' }, train: { checkpoints_total_limit: 2 } },
    "23.0 GB (3 checkpoints 13.1 GB, environment 7.0 GB, model 1.5 GB, halved copies for the evaluation 1.5 GB, dataset 50 MB, the trainer's copy of the dataset 50 MB)",
  ],
])('%s', (_, facts, more, expected) => {
  const [check, ...others] = disksOf({ ...facts, disks: oneDisk(ROOMY) }, more)
  expect(others).toEqual([])
  expect(check!.expected).toBe(expected)
})

test('the quickstart fits a disk with 3 GB left', () => {
  const source = { ...bareFacts.source, kind: 'generated' as const, pictures: 48 }
  const quickstart = { dataset: { source: { generated: 48 } }, base_model: { generated: 'tiny' } }
  expect(disksOf({ source, disks: oneDisk(3e9) }, quickstart)).toMatchObject([{ status: 'pass' }])
})

test('a run that goes on has its checkpoints and its copy of the dataset', () => {
  const all = ['collect-images', 'annotate-images', 'write-dataset', 'create-environment', 'fetch-trainer']
  const stamps = stampsOf([...all, 'fetch-base-model'])
  const manifest = { fingerprint: 'm', train: 90, validation: 10 }
  const facts = { stamps, manifest, disks: oneDisk(ROOMY) }
  const stage = (name: string) => planOf(facts).stages.find((one) => one.name === name)!
  const run: RunFact = {
    ...{
      id: 'r1',
      folder: '/r1',
      status: 'stopped',
      settings: null,
      checkpoint: 60,
      checkpoints: 3,
      stamps: {},
    },
    fingerprint: stage('train-controlnet').fingerprint,
  }
  const copied = { ...facts, datasetCopies: [stage('write-dataset').fingerprint] }
  expect(texts(copied)[0]).toContain(
    'expected 22.4 GB (4 checkpoints 17.4 GB, halved copies for the evaluation 3.7 GB, model 1.5 GB)',
  )
  expect(texts({ ...copied, runs: [run] })).toEqual([
    'pass: 1000.0 GB free for /home/me/runs; expected 9.4 GB (1 checkpoint 4.4 GB, halved copies for the evaluation 3.7 GB, model 1.5 GB)',
  ])
})
