/**
 * Every command that a message names is typed in the state in which the message is shown, and is taken. The list of places that
 * name one is read from the source: a new one needs its scene here.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_NAMES } from '../../src/command-line.ts'
import { copyPhotos } from '../stages/face-pictures.ts'
import { told } from '../unit/told.ts'
import { run, start, temporaryFolder, untilPrinted, type Ended } from './cli.ts'
import { listCallSites } from './call-sites.ts'
import { findCommands, typeCommand, type Stand } from './named-commands.ts'
import { makeRunFolder } from './run-folder.ts'
import { judgeFailure } from '../../src/trainer/verdicts/trainer-verdict.ts'
import { lossHint } from '../../src/trainer/watch/checks/loss-error.ts'
import { PATIENCE } from '../../src/trainer/watch/patience.ts'
import type { Silence } from '../../src/trainer/watch/silence.ts'
import { stallError } from '../../src/trainer/watch/stall-error.ts'
import { TrainingWatch } from '../../src/trainer/watch/training-watch.ts'
import type { TrainingMaths } from '../../src/types.ts'
import { config } from '../unit/plan/facts.ts'
import {
  failureOf,
  recordedCases,
  recordedFailure,
  sourceTexts,
} from '../unit/trainer/verdicts/recorded-failures.ts'
import { kitCommand } from '../../src/next-step.ts'

const SMALL = `version: 1
name: small
dataset: { source: { generated: 4 }, crop: center, resolution: 64, validation: { count: 1 } }
base_model: { generated: tiny }
environment: { torch: cpu }
train: { engine: builtin, preset: cpu, max_train_steps: 4 }
`

/** A folder with a config under its usual name, and one under another. */
async function project(name: string, config = SMALL): Promise<string> {
  const folder = join(home, name)
  await mkdir(folder, { recursive: true })
  for (const file of ['controlnet.yaml', 'mine.yaml']) await writeFile(join(folder, file), config)
  return folder
}

let home: string
beforeAll(async () => {
  home = await temporaryFolder()
})
afterAll(() => rm(home, { recursive: true, force: true }))

interface Shown {
  /** The message. */
  readonly text: string
  readonly cwd: string
  readonly stand?: Stand
}

interface Scene {
  /** Places in the source that name a command in this message, as `listCallSites` counts them. */
  readonly sites: readonly string[]
  readonly show: () => Promise<Shown>
  /** What the message has to name, in this order. */
  readonly commands: readonly string[]
  /** Exit codes besides 0 and those of a stop that show that the command was taken. */
  readonly ends?: readonly number[]
}

const said = ({ stdout, stderr }: Ended): string => `${stdout}\n${stderr}`
const shown = async (args: readonly string[], cwd: string, env?: Record<string, string>): Promise<Shown> => ({
  text: said(await run(args, cwd, env)),
  cwd,
})

const SCENES: Readonly<Record<string, Scene>> = {
  'no config': {
    sites: ['config/load.ts#2', 'config/load.ts#3'],
    async show() {
      const cwd = join(home, 'empty')
      await mkdir(cwd)
      await writeFile(join(cwd, 'mine.yaml'), SMALL)
      return shown(['plan'], cwd)
    },
    commands: ['controlnet-kit init', 'controlnet-kit plan mine.yaml'],
  },
  'another config than the one that is there': {
    sites: [],
    show: async () => shown(['train', 'main.yaml'], await project('other-config')),
    commands: ['controlnet-kit plan mine.yaml'],
  },
  'a mistake in a config, once it is mended': {
    sites: ['config/load.ts#1'],
    async show() {
      const cwd = await project('mistake', SMALL.replace('name:', 'nam:'))
      const text = said(await run(['train', 'mine.yaml'], cwd))
      await project('mistake')
      return { text, cwd }
    },
    commands: ['controlnet-kit plan mine.yaml'],
  },
  'a mistake in --set, without it': {
    sites: [],
    show: async () => shown(['plan', 'mine.yaml', '--set', 'train.seed=x'], await project('set')),
    commands: ['controlnet-kit plan mine.yaml'],
  },
  'a key that the kit fills': {
    sites: ['trainer/upstream-arguments.ts#1'],
    async show() {
      const cwd = await project('filled')
      return shown(['plan', '--set', 'train.resume_from_checkpoint=latest'], cwd)
    },
    commands: ['controlnet-kit resume', 'controlnet-kit plan'],
    ends: [3],
  },
  'an override that is none': {
    sites: ['config/load.ts#4'],
    async show() {
      const cwd = await project('override')
      const { stderr } = await run(['plan', '--set', 'nothing'], cwd)
      const [, words = ''] = /→ For example: (--set \S+)/.exec(stderr) ?? []
      return { text: `controlnet-kit plan ${words}`, cwd }
    },
    commands: ['controlnet-kit plan --set train.learning_rate=2e-5'],
  },
  'a plan with nothing in its way': {
    sites: ['ui/plan-sections.ts#1', 'conditions/face-landmarks.ts#1'],
    async show() {
      const cwd = await project('plan')
      await photo(cwd)
      return shown(['plan', 'mine.yaml', '--set', 'train.seed=7'], cwd)
    },
    commands: ['controlnet-kit annotate photo.jpg', 'controlnet-kit train mine.yaml --set train.seed=7'],
  },
  'a plan with a failed check, once it is mended': {
    sites: ['ui/plan-sections.ts#2', 'conditions/canny.ts#1'],
    async show() {
      const config = `${SMALL}condition: { kind: canny }\n`.replace('generated: 4', 'folder: ./photos')
      const cwd = await project('failed', config)
      const message = await shown(['plan', 'mine.yaml'], cwd)
      await photo(cwd)
      await photo(join(cwd, 'photos'))
      return message
    },
    commands: ['controlnet-kit annotate photo.jpg --kind canny', 'controlnet-kit plan mine.yaml'],
  },
  'colours as the condition': {
    sites: ['conditions/color-palette.ts#1'],
    async show() {
      const cwd = await project('colours', `${SMALL}condition: { kind: color-palette }\n`)
      await photo(cwd)
      return shown(['plan'], cwd)
    },
    commands: ['controlnet-kit annotate photo.jpg --kind color-palette', 'controlnet-kit train'],
  },
  'SPIGA that was not fetched': {
    sites: [
      'annotators/spiga/spec.ts#1',
      'annotators/spiga/spiga-model.ts#1',
      'annotators/spiga/spiga-model.ts#2',
    ],
    async show() {
      const cwd = await project('spiga', `${SMALL}condition: { annotator: spiga }\n`)
      await photo(cwd)
      const env = { CNK_HOME: join(cwd, 'cache') }
      const plan = await run(['plan'], cwd, env)
      const annotate = await run(['annotate', 'photo.jpg', '--annotator', 'spiga'], cwd, env)
      return { text: `${said(plan)}\n${said(annotate)}`, cwd }
    },
    commands: [
      'controlnet-kit annotate photo.jpg --annotator spiga',
      'controlnet-kit models fetch spiga',
      'controlnet-kit models fetch spiga',
      'controlnet-kit plan',
      'controlnet-kit models fetch spiga',
    ],
    // Nobody agreed to its terms, it is not there, and the check says so.
    ends: [2, 3, 5],
  },
  'FaceSynthetics that is not there': {
    sites: ['sources/face-synthetics/spec.ts#1'],
    async show() {
      const cwd = await project('synthetics', SMALL.replace('generated: 4', 'face_synthetics: ./faces.zip'))
      return shown(['train'], cwd)
    },
    commands: ['controlnet-kit models fetch face-synthetics-100'],
    // Its terms are not agreed to.
    ends: [2],
  },
  'terms that nobody agreed to': {
    sites: ['cli/models.ts#2', 'cli/models.ts#3'],
    async show() {
      const cwd = await project('terms')
      return shown(['models', 'fetch', 'face-synthetics-100'], cwd)
    },
    commands: ['controlnet-kit models fetch face-synthetics-100 --yes', 'controlnet-kit models list'],
    ends: [5],
  },
  'an action of models that there is not': {
    sites: ['cli/models.ts#1'],
    show: async () => shown(['models', 'get'], await project('models')),
    commands: ['controlnet-kit models list'],
  },
  'an action of env that there is not': {
    sites: ['cli/env.ts#1'],
    show: async () => shown(['env', 'make', 'mine.yaml'], await project('env')),
    commands: ['controlnet-kit env show mine.yaml'],
  },
  'a command that is to come': {
    sites: ['cli/program.ts#1'],
    show: async () => shown(['doctor'], await project('to-come')),
    commands: ['controlnet-kit --help'],
  },
  'a flag with a wrong value': {
    sites: ['ui/print-error.ts#1'],
    show: async () => shown(['annotate', 'a.jpg', '--style', 'dots'], await project('flag')),
    commands: ['controlnet-kit annotate --help'],
  },
  'a new config': {
    sites: ['cli/init.ts#1'],
    async show() {
      const message = await shown(['init', 'sub'], await project('init'))
      await photo(join(message.cwd, 'photos'))
      return message
    },
    commands: ['controlnet-kit plan -C sub'],
    // The photos are still to be put there.
    ends: [3],
  },
  'the text of a new config': {
    sites: ['config/init-template.ts#1', 'config/init-template.ts#2', 'config/init-template.ts#3'],
    async show() {
      const cwd = join(home, 'template')
      await photo(join(cwd, 'photos'))
      expect((await run(['init'], cwd)).code).toBe(0)
      const text = await readFile(join(cwd, 'controlnet.yaml'), 'utf8')
      // Commands are typed offline: nothing may be left to fetch.
      const local = text
        .replace(/^base_model.*/m, 'base_model: { generated: tiny }')
        .replace(/^train:$/m, 'train:\n  engine: builtin')
      await writeFile(join(cwd, 'controlnet.yaml'), local)
      return { text: text.replaceAll(/node \S+start\.cjs/g, 'controlnet-kit'), cwd }
    },
    commands: ['controlnet-kit plan', 'controlnet-kit prepare', 'controlnet-kit train'],
  },
  'a config that is there already': {
    sites: ['actions/new-file.ts#1'],
    async show() {
      return { ...(await shown(['init'], await project('there'))), stand: { DIR: 'other' } }
    },
    commands: ['controlnet-kit init DIR'],
  },
  'a prepared dataset, and its page': {
    sites: ['ui/closing-summary.ts#1', 'pages/dataset-preview/advice.ts#1'],
    async show() {
      const cwd = await project('prepared')
      const prepared = await run(['prepare', 'mine.yaml'], cwd)
      const page = await readFile(join(cwd, 'dataset/preview.html'), 'utf8')
      return { text: `${prepared.stdout}\n${page.slice(page.indexOf('<body'))}`, cwd }
    },
    commands: [
      'controlnet-kit plan mine.yaml',
      'controlnet-kit plan mine.yaml',
      'controlnet-kit train mine.yaml',
    ],
  },
  'a training that failed': {
    sites: [
      ...Array.from({ length: 8 }, (_, index) => `trainer/verdicts/remedies.ts#${index + 1}`),
      ...['plan-mismatch', 'facts-check', 'loss-error'].map((name) => `trainer/watch/checks/${name}.ts#1`),
      'trainer/watch/stall-error.ts#1',
    ],
    show: async () => ({ text: failureCommands().join('\n'), cwd: await project('training-failed') }),
    commands: [
      'controlnet-kit plan',
      'controlnet-kit prepare',
      'controlnet-kit resume',
      'controlnet-kit train --again',
      'controlnet-kit train --again --set train.learning_rate=1e-6',
      'controlnet-kit train --set train.dataloader_num_workers=0',
      'controlnet-kit train --set train.mixed_precision=no',
      'controlnet-kit train --set train.preset=16gb',
    ],
    ends: [3],
  },
  'a stopped prepare': {
    sites: ['ui/print-error.ts#2'],
    show: async () => stopped(['prepare', 'mine.yaml'], await project('stop-prepare')),
    commands: ['controlnet-kit prepare mine.yaml'],
  },
  'a training that is stopped early': {
    sites: ['ui/print-error.ts#3'],
    show: async () => stopped(['train', 'mine.yaml', '--set', 'train.seed=7'], await project('stop-train')),
    commands: ['controlnet-kit resume'],
  },
  'no run to go on with': {
    sites: ['actions/runs/find-run.ts#1', 'actions/runs/find-run.ts#3'],
    async show() {
      const cwd = await project('no-run')
      const message = await shown(['resume'], cwd)
      return { ...message, stand: { RUN: await handMadeRun(cwd, {}) } }
    },
    commands: ['controlnet-kit train', 'controlnet-kit resume RUN'],
    ends: [3],
  },
  'no run that has a model': {
    sites: ['actions/runs/find-run.ts#2'],
    async show() {
      const cwd = await project('no-run-with-model')
      await photo(cwd)
      await writeFile(join(cwd, 'me.jpg'), await readFile(join(cwd, 'photo.jpg')))
      const message = await shown(['generate', '--photo', 'me.jpg'], cwd)
      return { ...message, stand: { RUN: await handMadeRun(cwd, {}) } }
    },
    commands: ['controlnet-kit train', 'controlnet-kit generate --photo me.jpg --model RUN'],
    ends: [3],
  },
  'a run without a model': {
    sites: ['actions/runs/model-of-run.ts#1'],
    async show() {
      const cwd = await project('no-model')
      await handMadeRun(cwd, {})
      return shown(['evaluate', 'elsewhere/20261122-101500-small-a1b2c3'], cwd)
    },
    commands: ['controlnet-kit resume elsewhere/20261122-101500-small-a1b2c3'],
    ends: [3],
  },
  'a run whose dataset was written anew': {
    sites: ['actions/runs/model-of-run.ts#2', 'stages/evaluate-model/held-out-cases.ts#1'],
    async show() {
      const text = told([kitCommand('train'), kitCommand('prepare')].join('\n'))
      return { text, cwd: await project('other-dataset') }
    },
    commands: ['controlnet-kit train', 'controlnet-kit prepare'],
  },
  'a step that is better than the model': {
    sites: ['ui/evaluation-table.ts#1'],
    async show() {
      const text = told(kitCommand('evaluate', { flags: { best: true } }))
      return { text, cwd: await project('better-step') }
    },
    commands: ['controlnet-kit evaluate --best'],
    ends: [3],
  },
  'a conditioning image of another size': {
    sites: ['actions/generate/make-condition.ts#1'],
    async show() {
      const cwd = await project('other-size')
      await photo(cwd)
      const flags = { kind: 'face-landmarks', size: '64' }
      return { text: told(kitCommand('annotate', { words: ['photo.jpg'], flags })), cwd }
    },
    commands: ['controlnet-kit annotate photo.jpg --kind face-landmarks --size 64'],
  },
  'a run whose record is damaged': {
    sites: ['actions/runs/find-run.ts#4'],
    async show() {
      const cwd = await project('damaged-run')
      const folder = await handMadeRun(cwd, {})
      await writeFile(join(folder, 'run.json'), '{ "v": 1, ')
      return shown(['resume', folder], cwd)
    },
    commands: ['controlnet-kit train'],
  },
  'a run that is finished': {
    sites: ['cli/resume.ts#1'],
    async show() {
      const cwd = await project('finished')
      return shown(['resume', await handMadeRun(cwd, { status: 'done' })], cwd)
    },
    commands: ['controlnet-kit train mine.yaml --set train.seed=7 --again'],
  },
  'a run whose inputs changed': {
    sites: ['cli/resume.ts#2'],
    async show() {
      const cwd = await project('changed')
      return shown(['resume', await handMadeRun(cwd, {})], cwd)
    },
    commands: ['controlnet-kit train mine.yaml --set train.seed=7'],
  },
  'a run of another version': {
    sites: ['actions/runs/recorded-run.ts#1'],
    async show() {
      const cwd = await project('other-version')
      const folder = await handMadeRun(cwd, {})
      await writeFile(join(folder, 'config.resolved.json'), '{ "version": 1 }')
      return shown(['resume', folder], cwd)
    },
    commands: ['controlnet-kit train mine.yaml --set train.seed=7 --again'],
  },
  'the state of a run that was stopped': {
    sites: ['ui/run-status.ts#3', 'ui/run-status.ts#4', 'cli/stop.ts#1'],
    async show() {
      const cwd = await project('stopped-run')
      await makeRunFolder(cwd)
      return { text: `${said(await run(['status'], cwd))}\n${said(await run(['stop'], cwd))}`, cwd }
    },
    commands: ['controlnet-kit resume', 'controlnet-kit logs', 'controlnet-kit resume'],
    // What the run was made from is not there.
    ends: [3],
  },
  'fewer cards than processes, and time for less than a checkpoint': {
    sites: ['plan/checks/process-check.ts#1', 'plan/checks/time-check.ts#1'],
    async show() {
      const sets = [{ 'launch.num_processes': 1 }, { 'train.checkpointing_steps': 1 }] as const
      const text = told(sets.map((set) => kitCommand('plan', { set })).join('\n'))
      return { text, cwd: await project('too-few') }
    },
    commands: [
      'controlnet-kit plan --set launch.num_processes=1',
      'controlnet-kit plan --set train.checkpointing_steps=1',
    ],
  },
  'the state of a run that goes on': {
    sites: ['ui/run-status.ts#1', 'ui/run-status.ts#2'],
    async show() {
      const cwd = await project('running-run')
      // One that is done: following another one never ends.
      await makeRunFolder(cwd, { change: { status: 'done' } })
      return { text: told(`${kitCommand('logs', { flags: { follow: true } })}\n${kitCommand('stop')}`), cwd }
    },
    commands: ['controlnet-kit logs --follow', 'controlnet-kit stop'],
  },
  'a saved plan that is missing': {
    sites: ['actions/runs/plan-file.ts#1'],
    show: async () => shown(['train', '--plan', 'a.json'], await project('plan-missing')),
    commands: ['controlnet-kit plan --out a.json'],
  },
  'a saved plan that is none': {
    sites: ['actions/runs/plan-file.ts#2'],
    show: async () => shown(['train', '--plan', 'mine.yaml'], await project('plan-none')),
    commands: ['controlnet-kit plan --out mine.yaml'],
  },
  'a saved plan that no longer holds': {
    sites: ['actions/runs/plan-file.ts#3'],
    async show() {
      const cwd = await project('plan-drift')
      expect((await run(['plan', 'mine.yaml', '--out', 'a.json'], cwd)).code).toBe(0)
      return shown(['train', '--plan', 'a.json', '--set', 'train.seed=9'], cwd)
    },
    commands: ['controlnet-kit plan mine.yaml --set train.seed=9 --out a.json'],
  },
}

/** Where another test types what is said. */
const TYPED_ELSEWHERE = {
  ...Object.fromEntries(
    [
      ...[
        'plan/checks/memory-checks.ts#1',
        'plan/checks/memory-checks.ts#2',
        'plan/checks/memory-checks.ts#3',
      ],
      ...['plan/checks/gpu-checks.ts#1', 'plan/checks/gpu-checks.ts#2', 'environment/torch-backend.ts#1'],
      'plan/checks/batch-check.ts#1',
      ...['plan/checks/gpu-checks.ts#3', 'plan/checks/gpu-checks.ts#4'],
      ...['plan/checks/schedule-checks.ts#1', 'plan/checks/schedule-checks.ts#2'],
    ].map((site) => [site, 'test/cli/gpu.test.ts']),
  ),
  ...Object.fromEntries(
    [
      ...[
        'stages/train-controlnet/held-out-conditions.ts#1',
        'stages/train-controlnet/held-out-conditions.ts#2',
      ],
      ...['tools/files/read-rows.ts#1', 'ui/print-error.ts#4', 'ui/print-error.ts#5'],
    ].map((site) => [site, 'test/e2e/named-next.test.ts']),
  ),
  'plan/checks/disk-checks.ts#1': 'test/system/little-room.test.ts',
  'cli/detach.ts#1': 'test/e2e/detach.test.ts',
  'cli/detach.ts#2': 'test/e2e/detach.test.ts',
  'cli/detach.ts#3': 'test/e2e/detach.test.ts',
  'stages/train-controlnet/try-8bit-adam.ts#1': 'test/e2e/eight-bit-adam.test.ts',
  'cli/env.ts#2': 'test/cli/env-clean.test.ts',
  'cli/carry-out.ts#1': 'test/e2e/train-command.test.ts',
  'cli/carry-out.ts#2': 'test/e2e/train-command.test.ts',
  'cli/carry-out.ts#3': 'test/e2e/resume.test.ts',
}

it('there is a scene for every place that names a command', () => {
  const covered = [...Object.values(SCENES).flatMap(({ sites }) => sites), ...Object.keys(TYPED_ELSEWHERE)]
  expect(covered.sort()).toEqual(listCallSites(['kitCommand', 'kitHelp', 'setWords']).sort())
})

it.each(COMMAND_NAMES)('the example in the help of %s', async (name) => {
  const cwd = await project(`example-${name}`)
  await photo(cwd)
  const help = await run([name, '--help'], cwd)
  const [, example = ''] = /^Example: {2}(controlnet-kit .*)$/m.exec(help.stdout) ?? []
  if (name === 'init') await rm(join(cwd, 'controlnet.yaml'))
  const typed = await typeCommand(example, { cwd })
  // There is no run, and nobody agreed to SPIGA's terms.
  const none = { resume: [3], status: [3], logs: [3], stop: [3], generate: [3], evaluate: [3] }
  const ends = { ...none, models: [2] }[name as string] ?? []
  expect([0, 75, 130, ...ends], `${example}\n${said(typed)}`).toContain(typed.code)
  if (ends.length === 0) expect(typed.stderr).not.toContain('✖')
})

describe('what is said next', () => {
  it.each(Object.entries(SCENES))(
    '%s',
    async (_, { show, commands, ends = [] }) => {
      const { text, cwd, stand } = await show()
      expect(findCommands(text), text).toEqual(commands)
      for (const command of new Set(commands)) {
        const typed = await typeCommand(command, { cwd, ...(stand && { stand }) })
        expect([0, 75, 130, ...ends], `${command}\n${said(typed)}`).toContain(typed.code)
        expect(said(typed)).not.toMatch(/unknown (command|option)|unknown key|not available yet|A bug in/)
      }
    },
    120_000,
  )
})

/** Every command that is named after a failed training, as a run on a GPU gets them. */
function failureCommands(): string[] {
  const training = { settings: recordedFailure('killed').settings, checkpoints: { every: 1, count: 1 } }
  const watch = new TrainingWatch({ config: config(), training: training as TrainingMaths, start: 0 })
  watch.see({ type: 'fact', name: 'device', value: 'cpu' })
  const silence: Silence = { news: 'end', silentMs: 1, patience: PATIENCE.steps }
  const other = failureOf(['train.py: error: the checkpoint was made with 1 rows, the dataset has 2'])
  const failures = [
    other,
    ...recordedCases.map(recordedFailure),
    ...sourceTexts.map(({ lines }) => failureOf(lines)),
  ]
  const hints = [
    ...failures.map((failure) => judgeFailure(failure).error.hint),
    lossHint({ learningRate: config().train.learning_rate, precision: 'bf16', canBf16: true }),
    watch.problem?.hint,
    stallError({ silence, step: 1, places: [], logPath: 'a.log' }).hint,
  ]
  return [...new Set(findCommands(told(hints.join('\n'))))].sort()
}

async function photo(folder: string): Promise<void> {
  await copyPhotos(folder, [1, 2, 3])
  await writeFile(join(folder, 'photo.jpg'), await readFile(join(folder, 'sample1.jpg')))
}

async function stopped(args: readonly string[], cwd: string): Promise<Shown> {
  const { child, ended } = start(args, cwd, { CNK_HOME: join(cwd, 'cache') })
  await untilPrinted(child.stderr, 'collect-images  started')
  child.kill('SIGINT')
  return { text: said(await ended), cwd }
}

/** A run folder that another training left, as far as `resume` looks at it before it goes on. */
async function handMadeRun(cwd: string, change: Record<string, unknown>): Promise<string> {
  const id = '20261122-101500-small-a1b2c3'
  const folder = join(cwd, 'elsewhere', id)
  await mkdir(folder, { recursive: true })
  const planned = await run(['plan', 'mine.yaml', '--set', 'train.seed=7', '--json'], cwd)
  const { config } = JSON.parse(planned.stdout) as { config: unknown }
  await writeFile(join(folder, 'config.resolved.json'), JSON.stringify(config))
  const record = {
    ...{ v: 1, id, name: 'small', kit_version: '0.1.0', status: 'stopped', exitReason: 'stopped' },
    ...{ fingerprint: 'other', config_file: 'mine.yaml', working_directory: cwd, set: ['train.seed=7'] },
    ...{ runs: join(cwd, 'elsewhere'), attempts: [], fingerprints: { 'collect-images': 'other' }, ...change },
  }
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  return folder
}
