// A trained model is evaluated and draws, with the built program and the real pipeline on the CPU.
import { execFileSync } from 'node:child_process'
import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import sharp from 'sharp'
import type { Evaluation } from '../../src/evaluation/evaluation-document.ts'
import type { Event } from '../../src/events.ts'
import { readPngText } from '../../src/formats/pictures/png-text.ts'
import { copyPhotos } from '../stages/face-pictures.ts'
import { run, start, temporaryFolder, untilPrinted, type Ended } from '../cli/cli.ts'
import { venvPython } from './venv.ts'

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
  max_train_steps: 4
  checkpointing_steps: 2
  validation_steps: 4
evaluate: { keep: all, num_inference_steps: 2 }
`

let folder: string
let runFolder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
  await copyPhotos(folder, [1])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const eventsOf = ({ stdout }: Ended): Event[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)

const readEvaluation = async (): Promise<Evaluation> =>
  JSON.parse(await readFile(join(runFolder, 'evaluation.json'), 'utf8')) as Evaluation

it('is a stage of the training; killed half-way, it goes on where it was', async () => {
  const first = start(['train', '--json'], folder)
  await untilPrinted(first.child.stdout, '"stage":"evaluate-model","done":')
  first.child.kill('SIGKILL')
  await first.ended
  runFolder = await realpath(join(folder, 'runs', 'latest'))
  const drawn = join(runFolder, 'evaluation', 'step-4', '000.png')
  const before = (await stat(drawn)).mtimeMs

  const second = await run(['train', '--json'], folder)
  expect(second.code, second.stderr).toBe(0)
  const finished = eventsOf(second).find(
    (event) => event.type === 'stage-finished' && event.stage === 'evaluate-model',
  )
  // Random weights draw no faces.
  expect(finished).toMatchObject({ reason: expect.stringMatching(/^no face was found in any of 2 pictures/) })
  expect((await stat(drawn)).mtimeMs).toBe(before)
  const evaluation = await readEvaluation()
  expect(evaluation).toMatchObject({ v: 1, step: 4, count: 2, measure: 'nme', best: null })
  expect(evaluation.drawn).toMatchObject({
    seed: 42,
    num_inference_steps: 2,
    device: 'cpu',
    precision: 'fp32',
    shrunk: null,
  })
  for (const name of ['model', 'floor', 'baseline', 'chance'] as const)
    expect(evaluation[name]).toMatchObject({ mean: null, detected: 0, penalised: 0.3, under_008: 0 })
  expect(evaluation.steps.map(({ step }) => step)).toEqual([2, 4])
  expect(evaluation.tones.reduce((sum, { count }) => sum + count, 0)).toBe(2)
}, 400_000)

it('keeps the weights of earlier steps with 16 bits, as diffusers loads them', async () => {
  const kept = join(runFolder, 'fidelity', 'step-2')
  const program = `
import sys
from safetensors.torch import load_file
half = load_file(sys.argv[1] + '/diffusion_pytorch_model.safetensors')
whole = load_file(sys.argv[2] + '/diffusion_pytorch_model.safetensors')
assert half.keys() == whole.keys()
print(all((half[name] == whole[name].half()).all() and half[name].shape == whole[name].shape for name in whole))
`
  const checkpoint = join(runFolder, 'output', 'checkpoint-2', 'controlnet')
  expect(execFileSync(venvPython(), ['-c', program, kept, checkpoint], { encoding: 'utf8' }).trim()).toBe(
    'True',
  )
})

it('evaluate prints what is known, and says why no step is the best', async () => {
  const json = await run(['evaluate', '--json'], folder)
  expect(json.code, json.stderr).toBe(0)
  expect(JSON.parse(json.stdout)).toEqual(await readEvaluation())
  const text = await run(['evaluate'], folder)
  expect(text.stdout).toContain('2 held-out conditions; 2 denoising steps, guidance 7.5, seed 42; cpu, fp32')
  expect(text.stdout).toContain('none found')
  const best = await run(['evaluate', '--best'], folder)
  expect(best.code).toBe(6)
  expect(best.stderr).toContain('No step is the best one: none of them has a figure.')
}, 120_000)

it('--best makes an earlier step the model, verified, and the card says so', async () => {
  // As if the earlier step had drawn faces: what was measured is what decides.
  const known = join(runFolder, 'evaluation', 'steps.ndjson')
  const lines = (await readFile(known, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number })
  const better = lines.map((line) =>
    line.step === 2 ? { ...line, mean: 0.05, detected: 1, penalised: 0.05 } : line,
  )
  await writeFile(known, better.map((line) => `${JSON.stringify(line)}\n`).join(''))
  await rm(join(runFolder, 'evaluate-model.json'))
  const best = await run(['evaluate', '--best', '--json'], folder)
  expect(best.code, best.stderr).toBe(0)
  expect(JSON.parse(best.stdout)).toMatchObject({ step: 2 })
  expect(await readFile(join(runFolder, 'model', 'README.md'), 'utf8')).toContain(
    '| Steps | 2, each of 2 pictures: the best of those that were evaluated in a training of 4; weights of 16 bits |',
  )
  const weights = (of: string) => stat(join(runFolder, of, 'diffusion_pytorch_model.safetensors'))
  expect((await weights('model')).size).toBe((await weights('fidelity/step-2')).size)
  // Nothing is left to do.
  const again = await run(['train'], folder)
  expect(again.code).toBe(0)
  expect(again.stderr).toContain('which is finished')
}, 300_000)

it('generate draws with it: the same picture for the same seed, with its recipe', async () => {
  const args = ['generate', '--photo', 'sample1.jpg', '--steps', '2', '--prompt', 'ein Ölbild']
  const first = await run([...args, '--count', '2', '--json'], folder)
  expect(first.code, first.stderr).toBe(0)
  const events = eventsOf(first)
  expect(events.map(({ type }) => type)).toEqual(['hello', 'sample', 'sample', 'result'])
  const result = events.at(-1) as Extract<Event, { type: 'result' }>
  expect(result).toMatchObject({
    status: 'done',
    exitReason: 'done',
    paths: { model: expect.stringMatching(/model$/) },
  })
  expect(result.pictures).toEqual(
    ['sample1-0.png', 'sample1-1.png', 'grid.png'].map((name) => `generated/sample1/${name}`),
  )
  expect((await readdir(join(folder, 'generated/sample1'))).sort()).toEqual([
    ...['grid.png', 'sample1-0.png', 'sample1-1.png', 'sample1.conditioning.png'],
  ])
  const second = await run([...args, '--count', '1', '--seed', '1'], folder)
  expect(second.code, second.stderr).toBe(0)
  expect(second.stdout).toContain('1 picture in generated/sample1-2/, all in grid.png')
  const read = (file: string) => readFile(join(folder, 'generated', file))
  const [one, same] = [await read('sample1/sample1-1.png'), await read('sample1-2/sample1-1.png')]
  expect(same.equals(one)).toBe(true)
  expect((await read('sample1/sample1-0.png')).equals(one)).toBe(false)
  const recipe = JSON.parse(readPngText(one, 'controlnet-kit')!) as Record<string, unknown>
  expect(recipe).toMatchObject({
    ...{
      v: 1,
      step: 2,
      base_model: 'tiny',
      condition: 'face-landmarks',
      input: 'sample1.jpg',
      prompt: 'ein Ölbild',
    },
    ...{
      seed: 1,
      num_inference_steps: 2,
      guidance_scale: 7.5,
      controlnet_conditioning_scale: 1,
      width: 64,
      height: 64,
    },
  })
  expect(JSON.stringify(recipe)).not.toContain(folder)
  const { width, height } = await sharp(await read('sample1/grid.png')).metadata()
  expect([width, height]).toEqual([3 * 72 + 8, 80])
}, 200_000)

it('generate tells what it can not draw before anything loads', async () => {
  const noise = sharp({ create: { width: 200, height: 160, channels: 3, background: '#445566' } })
  await writeFile(join(folder, 'plain.jpg'), await noise.jpeg().toBuffer())
  const cases: [args: string[], code: number, message: string][] = [
    [['--photo', 'plain.jpg'], 4, 'No face was found in plain.jpg.'],
    [['--photo', 'gone.jpg'], 3, 'There is no gone.jpg.'],
    [
      ['--conditioning', 'plain.jpg'],
      4,
      'plain.jpg has 200 × 160 pixels; expected 64 × 64, as the model was trained.',
    ],
    [
      ['--photo', 'sample1.jpg', '--model', 'other'],
      3,
      "other can't be used with the base model of the run.",
    ],
    [[], 2, 'Expected one of --photo, --conditioning, --landmarks; got none.'],
  ]
  const other = join(folder, 'other')
  execFileSync('cp', ['-r', join(runFolder, 'model'), other])
  const config = JSON.parse(await readFile(join(other, 'config.json'), 'utf8')) as Record<string, unknown>
  await writeFile(join(other, 'config.json'), JSON.stringify({ ...config, cross_attention_dim: 2048 }))
  for (const [args, code, message] of cases) {
    const ended = await run(['generate', ...args], folder)
    expect(ended.stderr).toContain(message)
    expect(ended.code).toBe(code)
  }
}, 200_000)

it('generate takes landmarks, conditioning images and batches', async () => {
  expect((await run(['annotate', 'sample1.jpg', '--size', '64', '--out', 'annotated'], folder)).code).toBe(0)
  const jobs = [
    { conditioning: 'annotated/sample1.conditioning.png', seed: 5 },
    { landmarks: 'annotated/sample1.landmarks.json', scale: 0 },
  ]
  await writeFile(join(folder, 'jobs.ndjson'), jobs.map((job) => JSON.stringify(job)).join('\n'))
  const drawn = await run(
    ['generate', '--batch', 'jobs.ndjson', '--count', '1', '--steps', '2', '--out', 'drawn'],
    folder,
  )
  expect(drawn.code, drawn.stderr).toBe(0)
  expect((await readdir(join(folder, 'drawn'))).sort()).toEqual([
    ...[
      '1-sample1-5.png',
      '1-sample1.conditioning.png',
      '2-sample1-0.png',
      '2-sample1.conditioning.png',
      'grid.png',
    ],
  ])
}, 200_000)
