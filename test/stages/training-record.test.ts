import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gatherEarlierAttempts } from '../../src/stages/train-controlnet/earlier-attempts.ts'
import { openTrainingRecord } from '../../src/stages/train-controlnet/training-record.ts'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { appendMetric, readMetrics, readValidationLosses } from '../../src/tools/runs/metrics-file.ts'
import { readLastMetrics } from '../../src/tools/runs/last-lines.ts'
import { boardFolder } from '../../src/trainer/arguments.ts'
import { makeRun, type HandMadeRun } from '../e2e/hand-made-run.ts'

/** Steps 1 to 3 of two micro-batches each, and previews of two pairs at step 2: test/fixtures/tensorboard/make.py. */
const bytes = readFileSync(new URL('../fixtures/tensorboard/events.out.tfevents', import.meta.url))
const STEPS = [
  { step: 1, loss: 1, lr: 1e-5, seconds: null },
  { step: 2, loss: null, lr: 1e-5, seconds: 2 },
  { step: 3, loss: 0.5, lr: 1e-5, seconds: 2 },
]

let folder: string
let run: HandMadeRun
const metrics = () => join(run.paths.run, 'metrics.ndjson')
const context = () => run.context(trainControlnet)
const eventFile = (name = '1000') => join(boardFolder(run.paths), `events.out.tfevents.${name}.host.1.0`)
const samples = () => readdirSync(join(run.paths.run, 'samples')).sort()

function makeFolders(engine: 'builtin' | 'diffusers'): void {
  run = makeRun(folder, {
    ...{ python: 'python3', name: engine, steps: 3, checkpointEvery: 3, previewEvery: 2, accumulation: 2 },
    train: { engine, num_validation_images: 2 },
  })
  mkdirSync(boardFolder(run.paths), { recursive: true })
  mkdirSync(join(run.paths.run, 'samples'))
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnk-record-'))
  makeFolders('diffusers')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fail = () => expect.unreachable('nothing fails here')

it('while it runs: every step of the event file, and its previews cut apart', async () => {
  const record = await openTrainingRecord(context(), fail)
  writeFileSync(eventFile(), bytes.subarray(0, 440))
  await vi.waitFor(() => expect(readMetrics(metrics())).toEqual(STEPS.slice(0, 2)), { timeout: 5000 })
  appendFileSync(eventFile(), bytes.subarray(440))
  await record.close()
  await record.close()
  expect(readMetrics(metrics())).toEqual(STEPS)
  expect(samples()).toEqual(['samples.ndjson', ...[0, 1, 2, 3].map((index) => `step-000002-${index}.png`)])
  const lines = readFileSync(join(run.paths.run, 'samples/samples.ndjson'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    [
      ['a face, “smiling”', 0],
      ['a face, “smiling”', 0],
      ['another', 1],
      ['another', 1],
    ].map(([prompt, pair], index) => ({
      step: 2,
      picture: `samples/step-000002-${index}.png`,
      prompt,
      condition: `validation/00${pair}.png`,
    })),
  )
  expect(run.events).toEqual(
    [0, 1, 2, 3].map((index) => ({
      type: 'sample',
      step: 2,
      path: join(run.paths.run, `samples/step-000002-${index}.png`),
    })),
  )
  const reds = await Promise.all(
    [0, 1, 2, 3].map(async (index) => {
      const { data, info } = await sharp(join(run.paths.run, `samples/step-000002-${index}.png`))
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect([info.width, info.height, info.channels]).toEqual([8, 8, 3])
      return data[0]
    }),
  )
  expect(reds).toEqual([30, 50, 130, 150])
})

it('a step that the event file lacks comes from the log', async () => {
  const record = await openTrainingRecord(context(), fail)
  for (const step of [1, 2, 3, 4]) record.step({ step, loss: 9, lr: 1, seconds: 7 })
  writeFileSync(eventFile(), bytes)
  await record.close()
  expect(readMetrics(metrics())).toEqual([...STEPS, { step: 4, loss: 9, lr: 1, seconds: 7 }])
})

it('a step of the log that comes after the event file’s own does not replace it', async () => {
  writeFileSync(eventFile('999'), 'an earlier attempt')
  const record = await openTrainingRecord(context(), fail)
  writeFileSync(eventFile(), bytes)
  await vi.waitFor(() => expect(readMetrics(metrics())).toHaveLength(3), { timeout: 5000 })
  record.step({ step: 3, loss: 9, lr: 1, seconds: 7 })
  await record.close()
  expect(readMetrics(metrics())).toEqual(STEPS)
})

it('a damaged event file is told once, and the log takes its place', async () => {
  const record = await openTrainingRecord(context(), fail)
  const damaged = Uint8Array.from(bytes)
  damaged[90]! ^= 1
  writeFileSync(eventFile(), damaged)
  record.step({ step: 1, loss: 9, lr: 1, seconds: 7 })
  await vi.waitFor(() => expect(readMetrics(metrics())).toHaveLength(1), { timeout: 5000 })
  await record.close()
  expect(run.events).toEqual([
    {
      type: 'warning',
      code: 'event-file-damaged',
      message:
        'train-controlnet/events.out.tfevents.1000.host.1.0: the length of the record at byte 88 is damaged',
    },
  ])
})

it('what can’t be written ends the training', async () => {
  mkdirSync(metrics())
  const failed = vi.fn()
  const record = await openTrainingRecord(context(), failed)
  writeFileSync(eventFile(), bytes)
  await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce(), { timeout: 5000 })
  await expect(record.close()).rejects.toThrow(`Can't write ${metrics()}: there is a folder where`)
})

it('the builtin engine writes its previews itself', async () => {
  makeFolders('builtin')
  const record = await openTrainingRecord(context(), fail)
  writeFileSync(eventFile(), bytes)
  const path = join(run.paths.run, 'samples/step-000002-0.png')
  record.preview({ step: 2, path, prompt: 'a face', condition: join(run.paths.run, 'validation/000.png') })
  record.validationLoss(2, 0.25)
  await record.close()
  expect(samples()).toEqual(['samples.ndjson'])
  expect(readFileSync(join(run.paths.run, 'samples/samples.ndjson'), 'utf8')).toBe(
    '{"step":2,"picture":"samples/step-000002-0.png","prompt":"a face","condition":"validation/000.png"}\n',
  )
  expect(readValidationLosses(metrics())).toEqual([{ step: 2, validation_loss: 0.25 }])
  // `status` shows the newest step, whatever stands behind it.
  expect(await readLastMetrics(run.paths.run)).toEqual(readMetrics(metrics()))
})

it('going on at step 2: one curve from all attempts, of each step what was done last', async () => {
  writeFileSync(eventFile('1000'), bytes)
  for (const step of [1, 2, 3]) appendMetric(metrics(), { step, loss: 8, lr: 1, seconds: 1 })
  appendMetric(metrics(), { step: 2, validation_loss: 0.5 })
  appendMetric(metrics(), { step: 3, validation_loss: 0.4 })
  writeFileSync(join(run.paths.run, 'samples/step-000002-0.png'), 'is there')
  await gatherEarlierAttempts(context(), 2)
  expect(readMetrics(metrics())).toEqual(STEPS.slice(0, 2))
  expect(readValidationLosses(metrics())).toEqual([{ step: 2, validation_loss: 0.5 }])
  expect(samples()).toEqual(['samples.ndjson', ...[0, 2, 3].map((index) => `step-000002-${index}.png`)])
  await gatherEarlierAttempts(context(), 0)
  expect(readMetrics(metrics())).toEqual([])
})
