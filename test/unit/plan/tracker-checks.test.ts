import { expect, it } from 'vitest'
import { TESTED_FOR_DIFFUSERS, TESTED_PACKAGES } from '../../../src/environment/pins.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Facts, TrackerFact } from '../../../src/types.ts'
import { bareFacts, config } from '../plan/facts.ts'
import { told } from '../told.ts'

const wandb = (more: Partial<TrackerFact> = {}): Facts['trackers'] => ({
  wandb: { hasKey: true, mode: null, address: null, ...more },
})

function plan(environment: object, facts: Partial<Facts>, trackers: readonly string[] = ['wandb']) {
  return buildPlan({
    config: config({ environment, train: { trackers } }),
    configFile: null,
    facts: { ...bareFacts, ...facts },
    specs: stageSpecs,
  })
}

const own = (...packages: string[]): Partial<Facts> => ({
  trackers: wandb(),
  ownPython: {
    ...{ ok: true, given: 'python3', file: '/opt/python', version: '3.12.1', torchBuild: 'cpu' },
    packages: {
      ...TESTED_PACKAGES,
      ...TESTED_FOR_DIFFUSERS,
      ...Object.fromEntries(packages.map((name) => [name, '1.0'])),
    },
  },
})

const problems = (made: ReturnType<typeof plan>) =>
  told(made.checks)
    .filter(({ path, status }) => path === 'train.trackers' && status === 'fail')
    .map(({ found, expected, remedy }) => `${found}; expected ${expected}. ${remedy}`)

const NO_KEY =
  'wandb is asked for, and WANDB_API_KEY is not set; expected its key in the environment. Set WANDB_API_KEY, or keep the records on this machine: WANDB_MODE=offline'

it.each<[string, object, Partial<Facts>, string[]]>([
  ['a key', {}, { trackers: wandb() }, []],
  ['no key', {}, { trackers: wandb({ hasKey: false }) }, [NO_KEY]],
  ['none is needed offline', {}, { trackers: wandb({ hasKey: false, mode: 'offline' }) }, []],
  ['the package is there', { kind: 'current' }, own('wandb'), []],
  [
    'the package is missing',
    { kind: 'current' },
    own(),
    [
      '/opt/python has no wandb; expected the packages of train.trackers. Install it there: /opt/python -m pip install wandb',
    ],
  ],
  [
    'more trackers than asked for: upstream would use them all',
    { kind: 'current' },
    own('wandb', 'comet-ml', 'mlflow'),
    [
      "/opt/python also has comet-ml, mlflow, which would record the training too; expected no trackers but tensorboard and wandb. Leave train.trackers out, or remove what you don't want: /opt/python -m pip uninstall comet-ml mlflow",
    ],
  ],
])('%s', (_name, environment, facts, expected) => {
  expect(problems(plan(environment, facts))).toEqual(expected)
})

it('installed trackers matter to nobody who asks for none', () => {
  expect(problems(plan({ kind: 'current' }, own('wandb', 'comet-ml'), []))).toEqual([])
})

it('the pinned environment with a tracker is another one, with a further lock', () => {
  const lockOf = (trackers: readonly string[]) => {
    const { stages, paths } = plan({}, { trackers: wandb() }, trackers)
    const stage = stages.find(({ name }) => name === 'create-environment')!
    return { args: stage.commands[1]!.args.join(' '), folder: paths.environment }
  }
  expect(lockOf(['wandb']).args).toContain(
    '--require-hashes -r /kit/python/locks/diffusers-cpu.txt -r /kit/python/locks/wandb.txt',
  )
  expect(lockOf([]).args).not.toContain('wandb')
  expect(lockOf(['wandb']).folder).not.toBe(lockOf([]).folder)
})

it.each<[Partial<TrackerFact>, string[]]>([
  [{}, ['api.wandb.ai (wandb, while it trains)']],
  [{ address: 'https://me:secret@wandb.corp:8443/x' }, ['wandb.corp:8443 (wandb, while it trains)']],
  [{ mode: 'offline' }, []],
])('the plan names whom it contacts: %j', (more, expected) => {
  const { contacts } = plan({}, { trackers: wandb(more) }).effects
  expect(contacts.filter((one) => one.includes('wandb'))).toEqual(expected)
})

it.each([
  ['pinned', {}, { trackers: wandb() }, { trackers: wandb() }],
  ['brought', { kind: 'current' }, own('wandb'), own()],
])('recording elsewhere is no other training: packages that are %s', (_name, environment, found, without) => {
  const train = (facts: Partial<Facts>, trackers: readonly string[]) =>
    plan(environment, facts, trackers).stages.find(({ name }) => name === 'train-controlnet')!.fingerprint
  expect(train(found, ['wandb'])).toBe(train(without, []))
})
