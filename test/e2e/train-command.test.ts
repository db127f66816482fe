// The built program from a config to a verified model, with the real venv, accelerate and training on the CPU.
import { execFileSync } from 'node:child_process'
import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Event } from '../../src/events.ts'
import { findCommands, typeCommand } from '../cli/named-commands.ts'
import { copyPhotos } from '../stages/face-pictures.ts'
import { run, start, temporaryFolder, untilPrinted, type Ended } from '../cli/cli.ts'

const STEPS = 24

const CONFIG = `version: 1
name: small
dataset:
  source: { generated: 8 }
  crop: center
  resolution: 64
  validation: { count: 2 }
base_model: { generated: tiny }
environment: { torch: cpu }
train:
  engine: builtin
  preset: cpu
  train_batch_size: 2
  gradient_accumulation_steps: 1
  max_train_steps: ${STEPS}
  checkpointing_steps: 6
  validation_steps: 12
evaluate: { enabled: false }
`

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const eventsOf = ({ stdout }: Ended): Event[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)

/** Programs that still name this folder in their command line. */
function survivors(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(folder) && !line.includes(' ps '))
}

it('is stopped by Ctrl-C with nothing left running, goes on, ends verified, and is not done twice', async () => {
  const first = start(['train', '--json'], folder)
  await untilPrinted(first.child.stdout, '"checkpoint-saved"')
  first.child.kill('SIGINT')
  const stopped = await first.ended
  expect(stopped.code).toBe(75)
  expect(eventsOf(stopped).at(-1)).toMatchObject({ type: 'result', status: 'stopped', exitReason: 'stopped' })
  expect(survivors()).toEqual([])
  const runFolder = await realpath(join(folder, 'runs', 'latest'))
  expect(JSON.parse(await readFile(join(runFolder, 'run.json'), 'utf8'))).toMatchObject({ status: 'stopped' })

  const resumed = await run(['train', '--json'], folder)
  expect(resumed.code, resumed.stderr).toBe(0)
  const events = eventsOf(resumed)
  expect(events[0]).toMatchObject({ v: 1, seq: 0, type: 'hello', command: 'train' })
  const steps = events.flatMap((event) => (event.type === 'train-step' ? [event.step] : []))
  expect(steps[0]).toBeGreaterThan(6)
  expect(steps.at(-1)).toBe(STEPS)
  expect(events.at(-1)).toMatchObject({ type: 'result', status: 'done', exitReason: 'done' })
  expect(await realpath(join(folder, 'runs', 'latest'))).toBe(runFolder)
  expect((await readdir(join(runFolder, 'model'))).sort()).toEqual([
    'README.md',
    'config.json',
    'diffusion_pytorch_model.safetensors',
    'images',
  ])

  const before = await stat(join(runFolder, 'model', 'config.json'))
  const again = await run(['train'], folder)
  expect(again.code).toBe(0)
  expect(again.stdout).toContain('/model/')
  const named = findCommands(again.stdout)
  expect(named).toEqual(['controlnet-kit plan', 'controlnet-kit generate --photo me.jpg'])
  await copyPhotos(folder, [1])
  for (const command of named)
    expect((await typeCommand(command, { cwd: folder, stand: { 'me.jpg': 'sample1.jpg' } })).code).toBe(0)
  expect((await stat(join(runFolder, 'model', 'config.json'))).mtimeMs).toBe(before.mtimeMs)
}, 300_000)

it('refuses a second train of the same name while one runs', async () => {
  const first = start(['train', '--json', '--set', 'train.seed=7'], folder)
  await untilPrinted(first.child.stdout, '"train-controlnet"')
  const second = await run(['train', '--again'], folder)
  first.child.kill('SIGTERM')
  expect(second.code).toBe(10)
  expect(second.stderr).toContain('controlnet-kit train')
  expect([75, 143]).toContain((await first.ended).code)
  expect(survivors()).toEqual([])
}, 300_000)

it('carries out a saved plan, and refuses it when something changed', async () => {
  const saved = join(folder, 'plan.json')
  expect((await run(['plan', '--out', saved], folder)).code).toBe(0)
  const drifted = await run(['train', '--plan', saved, '--set', 'train.seed=9'], folder)
  expect(drifted.code).toBe(3)
  expect(drifted.stderr).toContain('changed since the plan was saved')
})
