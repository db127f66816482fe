import { describe, expect, it } from 'vitest'
import { told } from '../told.ts'
import { buildPlan, failedChecks } from '../../../src/plan/build-plan.ts'
import { resolvePlan } from '../../../src/plan/resolve-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Config, Facts, Plan, StampFact, StageName } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const plan = (facts: Facts = bareFacts, of: Config = config()): Plan =>
  buildPlan({ config: of, configFile: 'controlnet.yaml', facts, specs: stageSpecs })

const actions = (of: Plan): Record<string, string> =>
  Object.fromEntries(of.stages.map(({ name, action }) => [name, action]))

/** Facts after every stage of the plan but the run's was carried out. */
function madeFrom(before: Plan, facts: Facts = bareFacts): Facts {
  const stamps: Record<string, StampFact> = {}
  for (const { name, stamp, fingerprint } of before.stages) {
    if (stamp.startsWith('{run}')) continue
    const one = {
      v: 1 as const,
      stage: name,
      fingerprint,
      finishedAt: '2026-11-22T10:12:00.000Z',
      line: '',
      files: [],
    }
    stamps[stamp] = { stamp: one, changed: null }
  }
  return { ...facts, stamps, manifest: { fingerprint: 'm', train: 90, validation: 10 } }
}

const DATASET: StageName[] = ['collect-images', 'annotate-images', 'write-dataset']

describe('buildPlan', () => {
  it('creates everything at first, with estimates pending on the dataset', () => {
    const first = plan()
    expect(new Set(Object.values(actions(first)))).toEqual(new Set(['create']))
    expect(first.training).toMatchObject({
      rows: 90,
      validation_rows: 10,
      effective_batch: 16,
      steps_per_epoch: 6,
      total_steps: 18,
    })
    expect(first.pending.map(({ path }) => path)).toContain('/training/total_steps')
    expect(failedChecks(first)).toEqual([])
  })

  it('reuses what is unchanged, and counts the rows that were written', () => {
    const second = plan(madeFrom(plan()))
    for (const name of [...DATASET, 'create-environment', 'fetch-base-model'])
      expect(actions(second)[name]).toBe('reuse')
    expect(second.training.rows).toBe(90)
    expect(second.pending).toEqual([])
  })

  it('scales the initial ControlNet where that is asked for, before the training and once', () => {
    const scaled = config({ train: { controlnet_init: 'scaled', seed: 7 } })
    const first = plan(bareFacts, scaled)
    const names = first.stages.map(({ name }) => name)
    expect(names.slice(names.indexOf('fetch-base-model'))).toEqual([
      ...['fetch-base-model', 'scale-controlnet', 'train-controlnet', 'verify-model', 'evaluate-model'],
    ])
    const stage = first.stages.find(({ name }) => name === 'scale-controlnet')!
    const { baseModel, initialControlnet } = first.paths
    expect(stage.commands.map(({ args }) => args.slice(1).join(' '))).toEqual([
      `${first.paths.packageRoot}/python/scale_controlnet.py --base_model=${baseModel} --conditions=${initialControlnet}.conditions --output=${initialControlnet}.partial --seed=7`,
    ])
    expect(actions(plan(madeFrom(first), scaled))['scale-controlnet']).toBe('reuse')
    expect(actions(plan())['scale-controlnet']).toBeUndefined()
  })

  it('answers what drives the image, and what makes conditions later', () => {
    expect(told(plan().condition)).toEqual({
      title: 'face landmarks',
      drives: 'where the 68 landmarks of each face are, drawn as spiga-seg',
      from_any_picture: {
        command: 'controlnet-kit annotate photo.jpg',
        cost: expect.stringMatching(/\d ms /),
      },
      made: null,
    })
    expect(plan(madeFrom(plan())).condition.made).toEqual({ rows: 100, pictures: 100 })
  })

  it.each([
    ['face-landmarks', 'pass'],
    ['canny', 'pass'],
    ['color-palette', 'pass'],
    ['images', 'warn'],
  ] as const)('condition %s at use time: %s', (kind, status) => {
    const { checks } = plan(bareFacts, config({ condition: { kind } }))
    const check = checks.find(({ code }) => code === 'condition-at-use-time')
    expect(check).toMatchObject({ status, path: 'condition.kind' })
    if (status === 'warn') expect(check!.remedy).toContain('nobody can use the model')
  })

  it.each<[string, Record<string, unknown>, StageName, StageName[]]>([
    [
      'captions',
      { dataset: { source: { folder: './photos' }, captions: { template: 'a face' } } },
      'annotate-images',
      ['collect-images'],
    ],
    ['style', { condition: { style: 'points' } }, 'write-dataset', ['annotate-images']],
    ['quality', { condition: { quality: 'fast' } }, 'annotate-images', ['collect-images']],
  ])('rebuilds from the stage that %s touches', (_key, change, from, kept) => {
    const found = actions(plan(madeFrom(plan()), config(change)))
    expect(found[from]).toBe('rebuild')
    expect(found['write-dataset']).toBe('rebuild')
    for (const name of kept) expect(found[name]).toBe('reuse')
  })

  it('rebuilds when pictures changed, and when an output was touched', () => {
    const facts = madeFrom(plan())
    expect(actions(plan({ ...facts, source: { ...facts.source, digest: 'd2' } }))['collect-images']).toBe(
      'rebuild',
    )
    const stamps = Object.fromEntries(
      Object.entries(facts.stamps).map(([path, fact]) => [
        path,
        { ...fact, changed: fact.stamp.stage === 'write-dataset' ? 'data/x' : null },
      ]),
    )
    const touched = plan({ ...facts, stamps })
    expect(touched.stages.find(({ name }) => name === 'write-dataset')).toMatchObject({
      action: 'rebuild',
      reason: 'data/x was changed or removed',
    })
  })

  it('goes on with an unfinished run of the same training, unless told to start again', () => {
    const facts = madeFrom(plan())
    const fingerprint = plan(facts).stages.find(({ name }) => name === 'train-controlnet')?.fingerprint ?? ''
    const run = {
      id: 'r1',
      folder: '/r1',
      status: 'stopped' as const,
      fingerprint,
      settings: null,
      checkpoint: 20,
      checkpoints: 2,
      stamps: {},
    }
    const withRun = { ...facts, runs: [run] }
    expect(plan(withRun).previous_run).toEqual({ id: 'r1', status: 'stopped' })
    expect(plan(withRun).stages.find(({ name }) => name === 'train-controlnet')?.reason).toBe(
      'goes on in r1 from step 20',
    )
    const again = buildPlan({
      config: config(),
      configFile: null,
      facts: withRun,
      specs: stageSpecs,
      again: true,
    })
    expect(again.previous_run).toBeNull()
    expect(plan(withRun, config({ train: { seed: 7 } })).previous_run).toBeNull()
  })

  it.each<[string, Partial<Facts>, Record<string, unknown>, string]>([
    ['no folder', { source: { ...bareFacts.source, exists: false, pictures: 0 } }, {}, 'source-missing'],
    [
      'an empty folder',
      { source: { ...bareFacts.source, pictures: 0, others: { '.heic': 3 } } },
      {},
      'no-pictures',
    ],
    [
      'no Python',
      { python: { ok: false, code: 'python-missing', found: 'no python3' } },
      {},
      'python-missing',
    ],
    ['a folder that is not writable', { unwritable: [{ path: '/x', reason: 'EACCES' }] }, {}, 'writable'],
    ['a folder with what is not ours', { foreign: ['data'] }, {}, 'output-taken'],
    [
      'pictures that the dataset would replace',
      {},
      { dataset: { source: { folder: './dataset/data/more' } } },
      'source-in-output',
    ],
    [
      'a dataset among its own pictures',
      { source: { ...bareFacts.source, pictures: 0 } },
      { dataset: { source: { folder: './photos' }, output: './photos' } },
      'source-in-output',
    ],
    ['a full disk', { disks: { ...bareFacts.disks, dataset: { freeBytes: 0, device: 1 } } }, {}, 'disk'],
    ['fp16 on the CPU', {}, { train: { mixed_precision: 'fp16' } }, 'fp16-on-cpu'],
    ['a base model that is not there', {}, { base_model: { folder: './sd' } }, 'base-model'],
    ['a script that is not there', {}, { train: { script: './t.py' } }, 'train-script'],
  ])('fails a check for %s', (_what, facts, change, code) => {
    const failed = failedChecks(plan({ ...bareFacts, ...facts }, config(change)))
    expect(failed.map((check) => check.code)).toContain(code)
    expect(failed[0]?.remedy).not.toBe('')
  })

  it('is settled by the manifest: steps, cadences and the command', () => {
    const first = plan()
    const settled = resolvePlan(
      first,
      { fingerprint: 'm', train: 40, validation: 2 },
      { specs: stageSpecs, facts: bareFacts },
    )
    expect(settled.training).toMatchObject({ rows: 40, total_steps: 9 })
    expect(settled.pending).toEqual([])
    const args = settled.stages.find(({ name }) => name === 'train-controlnet')?.commands[0]?.args ?? []
    expect(args).toContain('--max_train_steps=9')
    expect(settled.stages.map(({ fingerprint }) => fingerprint)).toEqual(
      first.stages.map(({ fingerprint }) => fingerprint),
    )
  })
})
