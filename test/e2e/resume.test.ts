// What is said when a training is stopped, done to the letter: from other folders, with the config changed or moved meanwhile.
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readMetrics } from '../../src/tools/runs/metrics-file.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeFrames } from '../stages/face-pictures.ts'
import { run, sh, start, temporaryFolder, untilPrinted, type Ended } from '../cli/cli.ts'

const STEPS = 12

const CONFIG = `version: 1
name: small
dataset:
  source: { generated: 8 }
  crop: center
  resolution: 64
  validation: { count: 2 }
  output: ./work/dataset
base_model: { generated: tiny }
environment: { torch: cpu }
train:
  engine: builtin
  preset: cpu
  train_batch_size: 2
  gradient_accumulation_steps: 1
  max_train_steps: 40
  checkpointing_steps: 4
evaluate: { enabled: false }
runs: ./work/runs
`

let home: string
let project: string
beforeAll(async () => {
  home = await temporaryFolder()
  project = join(home, 'my project')
  await mkdir(project)
  await writeFile(join(project, 'small.yaml'), CONFIG)
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** The command that follows `Go on with:`, as typed in a shell. */
function nextCommand({ stderr }: Ended): string {
  const [, command] = /(?:Go on|Start again) with: {2}(.+)/.exec(stderr) ?? []
  expect(command, stderr).toBeDefined()
  return command!
}

async function stopAfterCheckpoint(args: readonly string[], cwd: string): Promise<Ended> {
  const training = start(args, cwd)
  await untilPrinted(training.child.stderr, 'checkpoint-4 saved')
  training.child.kill('SIGINT')
  return training.ended
}

const record = async (folder: string) =>
  JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as {
    status: string
    set: string[]
    attempts: unknown[]
  }

it('goes on by the command that it named, with the overrides of then, whatever the file says now', async () => {
  const stopped = await stopAfterCheckpoint(
    ['train', 'small.yaml', '-C', 'my project', '--set', `train.max_train_steps=${STEPS}`],
    home,
  )
  expect(stopped.code, stopped.stderr).toBe(75)
  const folder = await realpath(join(project, 'work/runs/latest'))
  const command = nextCommand(stopped)
  expect(command).toBe(`controlnet-kit resume work/runs/${basename(folder)} -C 'my project'`)
  expect(stopped.stderr).toMatch(/last whole checkpoint is step \d+; (nothing is lost|\d+ steps? after it)/)
  await writeFile(join(project, 'small.yaml'), CONFIG.replace('max_train_steps: 40', 'learning_rate: 0.5'))

  // Upstream's script would take the rate of the checkpoint, without a word.
  const changed = await run(['resume', folder, '--set', 'train.learning_rate=0.5'], home)
  expect(changed.code).toBe(3)
  expect(changed.stderr).toContain("can't go on: train.learning_rate changes what is learned.")

  const resumed = await sh(command, home)
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(resumed.stderr).toContain(
    'The run goes on as it recorded its config. Since then: train.learning_rate is 0.5, was 0.00001.\n',
  )
  expect(await record(folder)).toMatchObject({
    status: 'done',
    set: [`train.max_train_steps=${STEPS}`],
    attempts: [{ status: 'stopped' }, { status: 'done' }],
  })
  expect(readMetrics(join(folder, 'metrics.ndjson')).map(({ step }) => step)).toEqual(
    Array.from({ length: STEPS }, (_, index) => index + 1),
  )
  expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toBe(CONFIG)
  expect((await run(['resume', folder], home)).stderr).toContain(`${basename(folder)} is finished`)
}, 300_000)

it('finds the latest run of a project from a folder below it, and after the project was moved', async () => {
  await writeFile(
    join(project, 'controlnet.yaml'),
    CONFIG.replace('small', 'moved').replace('40', String(STEPS)),
  )
  const stopped = await stopAfterCheckpoint(['train'], project)
  expect(nextCommand(stopped)).toBe('controlnet-kit resume')
  const moved = join(home, 'moved')
  await rename(project, moved)
  project = moved
  await mkdir(join(project, 'photos/inside'), { recursive: true })
  const resumed = await run(['resume'], join(project, 'photos/inside'))
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(resumed.stdout).toContain('../../work/runs/')
  expect(await readdir(join(project, 'work/runs'))).toContain('latest')
}, 300_000)

it('refuses pictures that changed since, and names the stage', async () => {
  const photos = join(project, 'frames')
  await writeFrames(photos, { count: 8, side: 96 })
  const config = CONFIG.replace('{ generated: 8 }', '{ face_synthetics: ./frames }')
    .replace('small', 'frames')
    .replace('version: 1', 'version: 1\ncondition: { annotator: files }')
  await writeFile(join(project, 'frames.yaml'), config)
  const stopped = await stopAfterCheckpoint(['train', 'frames.yaml'], project)
  const command = nextCommand(stopped)
  await rm(
    join(
      photos,
      (await readdir(photos)).find((name) => name.endsWith('.png'))!,
    ),
  )
  const refused = await sh(command, project)
  expect(refused.code).toBe(3)
  expect(refused.stderr).toMatch(
    /✖ \S+ can't go on: what went into "collect images" changed since it started\.\n→ Start a new run: controlnet-kit train frames\.yaml\n$/,
  )
}, 300_000)
