import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { valueAt } from '../../src/config/overrides.ts'
import { UserError } from '../../src/errors.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-config-'))
})
afterEach(() => rm(folder, { recursive: true }))

const HEAD = 'version: 1\nname: faces\n'
const SOURCE = 'dataset:\n  source: { folder: ./photos }\n'

async function problemsOf(text: string, set: string[] = []): Promise<string[]> {
  const file = join(folder, 'face.yaml')
  await writeFile(file, text)
  const error: unknown = await loadConfig(file, set).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof UserError)) throw new Error('expected a UserError')
  const short = (where: string | null): string => (where ?? '').replace(`${folder}/`, '')
  return error.problems.map(({ where, path, message }) =>
    [short(where), path, message].filter(Boolean).join('  '),
  )
}

describe('loadConfig', () => {
  it('fills every default', async () => {
    const file = join(folder, 'face.yaml')
    await writeFile(file, HEAD + SOURCE)
    const { config } = await loadConfig(file, [])
    expect(config.condition).toEqual({
      kind: 'face-landmarks',
      annotator: 'embedded',
      quality: 'best',
      style: 'spiga-seg',
    })
    expect(config.dataset.validation.count).toBe('auto')
    expect(config.train.engine).toBe('diffusers')
    expect(config.base_model).toEqual({
      repo: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
      revision: 'main',
    })
    expect(Object.isFrozen(config.dataset)).toBe(true)
  })

  it.each([
    ['another source', ['dataset.source.generated=3'], ['dataset', 'source'], { generated: 3 }],
    [
      'another source, key by key',
      ['dataset.source.generated.count=3', 'dataset.source.generated.size=128'],
      ['dataset', 'source'],
      { generated: { count: 3, size: 128, kind: 'varied' } },
    ],
    [
      'other captions, with the drop rate that stays',
      ['dataset.captions.sidecar=.txt'],
      ['dataset', 'captions'],
      { sidecar: '.txt', drop: 0.5 },
    ],
    [
      'another base model, without the revision',
      ['base_model.folder=./sd'],
      ['base_model'],
      { folder: './sd' },
    ],
    [
      'another revision of the same base model',
      ['base_model.revision=def'],
      ['base_model'],
      { repo: 'a/b', revision: 'def' },
    ],
    [
      'the last of two',
      ['dataset.source.generated=3', 'dataset.source.hub=a/b'],
      ['dataset', 'source'],
      { hub: 'a/b' },
    ],
  ])('takes %s', async (_what, set, path, expected) => {
    const file = join(folder, 'face.yaml')
    const captions = '  captions: { template: a face, drop: 0.5 }\n'
    await writeFile(file, `${HEAD}${SOURCE}${captions}base_model: { repo: a/b, revision: abc }\n`)
    const { config } = await loadConfig(file, set)
    expect(valueAt(config, path)).toEqual(expected)
  })

  it.each<[string, string, string[], string[]]>([
    [
      'a typo in a key',
      `${HEAD}${SOURCE}base_model:\n  rep: a/b\n`,
      [],
      ['face.yaml:6:3  base_model.rep  unknown key; did you mean base_model.repo?'],
    ],
    [
      'a typo at the top',
      `${HEAD}${SOURCE}trian: {}\n`,
      [],
      ['face.yaml:5:1  trian  unknown key; did you mean train?'],
    ],
    [
      'a wrong multiple',
      `${HEAD}${SOURCE}  resolution: 500\n`,
      [],
      ['face.yaml:5:15  dataset.resolution  expected a multiple of 8, got 500'],
    ],
    [
      'a home directory as shells write it',
      `${HEAD}dataset:\n  source: { folder: ~/photos }\n`,
      [],
      [
        "face.yaml:4:21  dataset.source.folder  expected a path without ~, such as /home/me/photos or ./photos, got '~/photos'",
      ],
    ],
    [
      'a wrong type',
      `${HEAD}${SOURCE}train: { learning_rate: fast }\n`,
      [],
      ["face.yaml:5:25  train.learning_rate  expected a number, got 'fast'"],
    ],
    [
      'a wrong word',
      `${HEAD}${SOURCE}train: { engine: bultin }\n`,
      [],
      [
        "face.yaml:5:18  train.engine  expected one of diffusers, builtin, got 'bultin'; did you mean builtin?",
      ],
    ],
    ['a missing key', HEAD, [], ['face.yaml  dataset  required: a mapping']],
    [
      'two sources',
      `${HEAD}dataset:\n  source: { folder: a, generated: 3 }\n`,
      [],
      [
        'face.yaml:4:11  dataset.source  expected exactly one of folder, face_synthetics, generated, hub, parquet, pairs, got folder and generated',
      ],
    ],
    [
      'a typo in a source',
      `${HEAD}dataset:\n  source: { foldr: a }\n`,
      [],
      ['face.yaml:4:13  dataset.source.foldr  unknown key; did you mean dataset.source.folder?'],
    ],
    [
      'a wrong count in a source',
      `${HEAD}dataset:\n  source: { generated: 0 }\n`,
      [],
      ['face.yaml:4:24  dataset.source.generated  expected at least 1, got 0'],
    ],
    [
      'wrong kind, size and key of generated faces',
      `${HEAD}dataset:\n  source: { generated: { count: 3, kind: plan, size: 32, seed: 1 } }\n`,
      [],
      [
        'face.yaml:4:54  dataset.source.generated.size  expected at least 64, got 32',
        "face.yaml:4:42  dataset.source.generated.kind  expected one of varied, plain, got 'plan'; did you mean plain?",
        'face.yaml:4:58  dataset.source.generated.seed  unknown key',
      ],
    ],
    [
      'generated faces in words',
      `${HEAD}dataset:\n  source: { generated: many }\n`,
      [],
      ["face.yaml:4:24  dataset.source.generated  expected a number or a mapping, got 'many'"],
    ],
    [
      'generated faces without a number',
      `${HEAD}dataset:\n  source: { generated: { kind: plain } }\n`,
      [],
      ['face.yaml:4:13  dataset.source.generated.count  required: a number'],
    ],
    [
      'a share without its sign',
      `${HEAD}${SOURCE}  max_rejects: 20\n`,
      [],
      ['face.yaml:5:16  dataset.max_rejects  expected a share like 20%, got 20'],
    ],
    [
      'a number among words',
      `${HEAD}${SOURCE}  captions: { command: [python3, caption.py, --beams, 5] }\n`,
      [],
      ['face.yaml:5:15  dataset.captions.command.3  expected text, got 5'],
    ],
    [
      'no words at all',
      `${HEAD}${SOURCE}  captions: { command: [] }\n`,
      [],
      ['face.yaml:5:24  dataset.captions.command  expected a list that is not empty, got an empty list'],
    ],
    [
      'neither a word nor words',
      `${HEAD}${SOURCE}  captions: { command: 5 }\n`,
      [],
      ['face.yaml:5:24  dataset.captions.command  expected text or a list, got 5'],
    ],
    [
      'a flag that the kit fills',
      `${HEAD}${SOURCE}train: { output_dir: x }\n`,
      [],
      ['face.yaml:5:10  train.output_dir  filled by the kit: the run folder (see runs:)'],
    ],
    [
      'a wrong --set',
      HEAD + SOURCE,
      ['train.learning_rate=-1'],
      ['--set train.learning_rate  train.learning_rate  expected more than 0, got -1'],
    ],
    [
      'a typo beside a choice that was set anew',
      `${HEAD}dataset:\n  source: { foldr: a }\n`,
      ['dataset.source.hub=a/b'],
      ['face.yaml:4:13  dataset.source.foldr  unknown key'],
    ],
    ['an unknown --set', HEAD + SOURCE, ['train.lr=1'], ['--set train.lr  train.lr  unknown key']],
    [
      'what is not built yet',
      `${HEAD}${SOURCE}environment: { kind: docker }\n`,
      [],
      ['face.yaml:5:22  environment.kind  docker is not available yet; expected one of venv, current'],
    ],
    [
      'keys that are not built yet',
      `${HEAD}${SOURCE}`,
      ['publish.repo_id=me/faces', 'launch.num_machines=2'],
      ['--set publish.repo_id  publish  publishing is not available yet'],
    ],
    [
      'a number of machines that is not built yet',
      `${HEAD}${SOURCE}`,
      ['launch.num_machines=2'],
      ['--set launch.num_machines  launch.num_machines  more than one machine is not available yet'],
    ],
    [
      'ready-made images without pairs',
      `${HEAD}dataset:\n  source: { generated: 4 }\ncondition: { kind: images }\n`,
      [],
      [
        'face.yaml:5:20  condition.kind  images needs a source with conditioning images (a folder with metadata, hub, parquet or pairs); generated has none',
      ],
    ],
    [
      'a scaled start of a ControlNet that is there',
      `${HEAD}${SOURCE}train: { controlnet_init: scaled, controlnet_model_name_or_path: ./mine }\n`,
      [],
      [
        'face.yaml:5:27  train.controlnet_init  only for a new ControlNet: leave train.controlnet_model_name_or_path out',
      ],
    ],
    [
      'a column without a table',
      `${HEAD}dataset:\n  source: { face_synthetics: ./x }\n  captions: { column: text }\n`,
      [],
      [
        'face.yaml:5:23  dataset.captions.column  only for sources with columns (a folder with metadata, hub, parquet or pairs); face_synthetics has none',
      ],
    ],
    [
      'broken YAML',
      `${HEAD}${SOURCE}train: { a: [1, }\n`,
      [],
      ['face.yaml:5:17  Unexpected flow-map-end token in YAML stream: "}"'],
    ],
    ['a doubled key', `${HEAD}${SOURCE}name: again\n`, [], ['face.yaml:5:1  Map keys must be unique']],
    [
      'warm-up that is ignored',
      `${HEAD}${SOURCE}train: { lr_warmup_steps: 5 }\n`,
      [],
      [
        'face.yaml:5:27  train.lr_warmup_steps  lr_scheduler constant ignores it; set train.lr_scheduler: constant_with_warmup',
      ],
    ],
    [
      'cycles and a power that are ignored',
      `${HEAD}${SOURCE}train: { lr_scheduler: cosine, lr_num_cycles: 3, lr_power: 2 }\n`,
      [],
      [
        'face.yaml:5:47  train.lr_num_cycles  lr_scheduler cosine ignores it; set train.lr_scheduler: cosine_with_restarts',
        'face.yaml:5:60  train.lr_power  lr_scheduler cosine ignores it; set train.lr_scheduler: polynomial',
      ],
    ],
  ])('places %s', async (_what, text, set, expected) => {
    const found = await problemsOf(text, set)
    if (expected[0]?.includes('Unexpected flow-map-end')) expect(found[0]).toMatch(/^face\.yaml:5:\d+ {2}/)
    else expect(found).toEqual(expected)
  })

  it('names every problem at once', async () => {
    expect(await problemsOf(`${HEAD}${SOURCE}  resolution: 500\ntrain: { seed: x }\nrunz: a\n`)).toHaveLength(
      3,
    )
  })

  it('lets flags win over the environment, and the environment over the file', async () => {
    const file = join(folder, 'face.yaml')
    await writeFile(file, `${HEAD}${SOURCE}train: { seed: 1, num_train_epochs: 1 }\n`)
    process.env['CNK_SET__train__seed'] = '2'
    process.env['CNK_SET__train__num_train_epochs'] = '2'
    try {
      const { config, locate } = await loadConfig(file, ['train.seed=3'])
      expect([config.train.seed, config.train.num_train_epochs]).toEqual([3, 2])
      expect(locate(['train', 'num_train_epochs'])).toBe('CNK_SET__train__num_train_epochs')
    } finally {
      delete process.env['CNK_SET__train__seed']
      delete process.env['CNK_SET__train__num_train_epochs']
    }
  })

  it('says what to do when there is no config', async () => {
    await expect(loadConfig(join(folder, 'none.yaml'), [])).rejects.toMatchObject({
      reason: 'preflight',
      code: 'config-missing',
    })
  })
})
