import { describe, expect, it } from 'vitest'
import { buildPlan, failedChecks } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import { ownFileOf } from '../../../src/trainer/captions/captioner.ts'
import type { CaptionerFact, Facts, Plan, StageName, StampFact } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const BLIP: CaptionerFact = { kind: 'blip', folder: null, isThere: false, digest: 'blip@1' }
const PROGRAM: CaptionerFact = { kind: 'command', file: '/usr/bin/python3', digest: 's1' }

function plan(
  captions: unknown,
  captioner: CaptionerFact | null,
  more: Partial<Facts> = {},
  until?: StageName,
): Plan {
  return buildPlan({
    config: config({ dataset: { source: { folder: './photos' }, captions } }),
    configFile: 'controlnet.yaml',
    facts: { ...bareFacts, captioner, ...more },
    specs: stageSpecs,
    ...(until === undefined ? {} : { until }),
  })
}

const names = ({ stages }: Plan) => stages.map(({ name }) => name)
const annotate = ({ stages }: Plan) => stages.find(({ name }) => name === 'annotate-images')!
const command = { command: ['python3', 'tools/caption.py', '--fast'] }

describe('the order of the stages', () => {
  it.each<[string, unknown, CaptionerFact | null, StageName[]]>([
    [
      'a model: the environment first',
      { model: 'blip' },
      BLIP,
      ['collect-images', 'create-environment', 'annotate-images', 'write-dataset', 'fetch-trainer'],
    ],
    [
      'a program: as listed',
      command,
      PROGRAM,
      ['collect-images', 'annotate-images', 'write-dataset', 'create-environment', 'fetch-trainer'],
    ],
    [
      'a template: as listed',
      { template: 'a' },
      null,
      ['collect-images', 'annotate-images', 'write-dataset', 'create-environment', 'fetch-trainer'],
    ],
  ])('%s', (_what, captions, captioner, order) => {
    expect(names(plan(captions, captioner)).slice(0, 5)).toEqual(order)
  })

  it('prepare makes the environment too, only where a model needs it', () => {
    expect(names(plan({ model: 'blip' }, BLIP, {}, 'write-dataset'))).toEqual([
      'collect-images',
      'create-environment',
      'annotate-images',
      'write-dataset',
    ])
    expect(names(plan(command, PROGRAM, {}, 'write-dataset'))).not.toContain('create-environment')
  })

  it('an environment that is made anew annotates nothing anew', () => {
    const first = plan({ model: 'blip' }, BLIP)
    const second = plan({ model: 'blip' }, BLIP, { stamps: stampsOf(first, ['create-environment']) })
    expect(second.stages.slice(0, 4).map(({ name, action }) => [name, action])).toEqual([
      ['collect-images', 'reuse'],
      ['create-environment', 'create'],
      ['annotate-images', 'reuse'],
      ['write-dataset', 'reuse'],
    ])
  })
})

function stampsOf({ stages }: Plan, without: readonly StageName[]): Record<string, StampFact> {
  const done = stages.filter(({ name, stamp }) => !stamp.startsWith('{run}') && !without.includes(name))
  return Object.fromEntries(
    done.map(({ name, stamp, fingerprint }) => {
      const one = {
        v: 1 as const,
        stage: name,
        fingerprint,
        finishedAt: '2026-11-22T10:12:00Z',
        line: '',
        files: [],
      }
      return [stamp, { stamp: one, changed: null }]
    }),
  )
}

describe('what the plan shows', () => {
  it('a model: its fetch and its program, its size and licence, whom it contacts', () => {
    const { commands, summary } = annotate(plan({ model: 'blip' }, BLIP))
    expect(summary).toBe(
      '100 pictures by embedded, captions by BLIP (Salesforce/blip-image-captioning-large, 1.9 GB to fetch, BSD-3-Clause)',
    )
    expect(commands.map(({ args }) => args[1])).toEqual([
      '/kit/python/fetch_model.py',
      '/kit/python/caption_blip.py',
    ])
    expect(commands[1]).toMatchObject({
      args: [
        '/kit/python/launch.py',
        expect.anything(),
        '--model',
        '{cache}/captioners/blip-353689b8',
        '--device',
        'cpu',
      ],
      cwd: '/home/me',
      env: { HF_HUB_OFFLINE: '1' },
    })
    expect(plan({ model: 'blip' }, BLIP, {}, 'write-dataset').effects.contacts).toEqual([
      'your pip index',
      'download.pytorch.org (for what your pip index does not have)',
      'huggingface.co',
      '*.hf.co',
    ])
  })

  it('a model that is there: nothing to fetch, nobody to contact', () => {
    const there = plan({ model: 'blip' }, { ...BLIP, isThere: true }, {}, 'write-dataset')
    expect(annotate(there).commands).toHaveLength(1)
    expect(there.effects.contacts).toEqual([
      'your pip index',
      'download.pytorch.org (for what your pip index does not have)',
    ])
    const own = plan({ model: 'blip' }, { ...BLIP, isThere: true, folder: '/models/blip' })
    expect(annotate(own).summary).toBe('100 pictures by embedded, captions by BLIP (/models/blip)')
    expect(annotate(own).commands[0]?.args).toContain('/models/blip')
  })

  it('a program: as it is started', () => {
    const shown = plan(command, PROGRAM, {}, 'write-dataset')
    expect(annotate(shown)).toMatchObject({
      summary: '100 pictures by embedded, captions by caption.py',
      commands: [{ file: 'python3', args: ['tools/caption.py', '--fast'], cwd: '/home/me', env: {} }],
    })
    expect(shown.effects.contacts).toEqual(['whoever caption.py asks'])
    expect(annotate(plan({ command: './bin/caption' }, PROGRAM)).commands[0]?.file).toBe(
      '/home/me/bin/caption',
    )
  })
})

describe('what makes other captions', () => {
  const made = (captions: unknown, captioner: CaptionerFact | null) =>
    annotate(plan(captions, captioner)).fingerprint
  it.each<[string, unknown, CaptionerFact]>([
    ['other arguments', { command: ['python3', 'tools/caption.py'] }, PROGRAM],
    ['another content of the script', command, { ...PROGRAM, digest: 's2' }],
    ['a model', { model: 'blip' }, BLIP],
    ['another share of dropped captions', { ...command, drop: 0.1 }, PROGRAM],
  ])('%s', (_what, captions, captioner) => {
    expect(made(captions, captioner)).not.toBe(made(command, PROGRAM))
  })

  it('not: where the program lies, whether the model is there already', () => {
    expect(made(command, { ...PROGRAM, file: '/opt/python3' })).toBe(made(command, PROGRAM))
    expect(made({ model: 'blip' }, { ...BLIP, isThere: true })).toBe(made({ model: 'blip' }, BLIP))
  })
})

describe('checks', () => {
  it.each<[string, unknown, CaptionerFact, string, string]>([
    [
      'no such program',
      command,
      { ...PROGRAM, file: null },
      'there is no python3 on PATH',
      'Install it, or name its path',
    ],
    [
      'no such file',
      { command: './c.sh' },
      { ...PROGRAM, file: null },
      './c.sh is no file that may be run',
      'chmod +x',
    ],
    [
      'a line for a shell',
      { command: 'python3 c.py' },
      { ...PROGRAM, file: null },
      'there is no python3 c.py on PATH',
      'command: [python3, c.py]',
    ],
  ])('%s', (_what, captions, captioner, found, remedy) => {
    const [failed, ...more] = failedChecks(plan(captions, captioner))
    expect(more).toEqual([])
    expect(failed).toMatchObject({ code: 'caption-command-missing', path: 'dataset.captions.command', found })
    expect(failed?.remedy).toContain(remedy)
  })

  it('a model folder without a model', () => {
    const captioner: CaptionerFact = { ...BLIP, folder: '/nowhere' }
    expect(failedChecks(plan({ model: 'blip' }, captioner)).map(({ code }) => code)).toEqual([
      'caption-model-missing',
    ])
  })

  it('nothing is checked of a program that will not be started', () => {
    const stamps = stampsOf(plan(command, PROGRAM), [])
    expect(failedChecks(plan(command, { ...PROGRAM, file: null }, { stamps }))).toEqual([])
  })

  it('room for the model', () => {
    const disks = { ...bareFacts.disks, cache: { freeBytes: 7e9, device: 3 } }
    const codes = (captioner: CaptionerFact) =>
      failedChecks(plan({ model: 'blip' }, captioner, { disks })).map(({ code }) => code)
    expect(codes(BLIP)).toEqual(['disk'])
    expect(codes({ ...BLIP, isThere: true })).toEqual([])
  })
})

it.each<[string | string[], string | null]>([
  ['./caption', './caption'],
  ['caption', null],
  [['python3', '-u', 'caption.py', '--cache', 'seen.db'], 'caption.py'],
  [['/usr/bin/node', 'a.mjs'], 'a.mjs'],
  [['./caption.py', 'other.py'], './caption.py'],
  [['caption', 'photos.csv'], null],
])('what the person wrote of %j is %j', (given, own) => {
  expect(ownFileOf(given)).toBe(own)
})
