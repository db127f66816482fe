import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoppedError, type UserError } from '../../src/errors.ts'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { verifyModel } from '../../src/stages/verify-model/verify-model.ts'
import { findCheckpoints } from '../../src/tools/runs/checkpoint-files.ts'
import { readMetrics, readValidationLosses } from '../../src/tools/runs/metrics-file.ts'
import { findDescendants, identify } from '../../src/tools/processes/process-tree.ts'
import { makeInputs, makeRun } from './hand-made-run.ts'
import { venvPython } from './venv.ts'

const TIMEOUT_MS = 600_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-train-')))
const python = venvPython()
const builtin = { engine: 'builtin', learning_rate: 1e-4 }

beforeAll(() => makeInputs(folder, python), TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lossesOf = (run: { paths: { run: string } }) =>
  readMetrics(join(run.paths.run, 'metrics.ndjson')).map(({ step, loss }) => [step, loss])

describe('builtin engine', () => {
  it('the CPU in place of the GPU that was planned ends the training', { timeout: TIMEOUT_MS }, async () => {
    const settings = { device: 'cuda', mixed_precision: 'bf16' } as const
    const run = makeRun(folder, {
      python,
      name: 'cpu',
      train: builtin,
      steps: 8,
      checkpointEvery: 2,
      settings,
    })
    const message =
      'The trainer does not do what was planned: expected the GPU for the device, found the CPU.'
    const ended = trainControlnet.run(run.context(trainControlnet))
    await expect(ended).rejects.toMatchObject({ code: 'plan-mismatch', message })
    expect(lossesOf(run)).toEqual([])
  })

  it('so does another precision', { timeout: TIMEOUT_MS }, async () => {
    const run = makeRun(folder, { python, name: 'fp32', train: builtin, steps: 8, checkpointEvery: 2 })
    const context = run.context(trainControlnet)
    const settings = { ...context.plan.training.settings, mixed_precision: 'bf16' } as const
    const plan = { ...context.plan, training: { ...context.plan.training, settings } }
    // prepareTraining writes accelerate's file from the plan; the script's own flag is what counts.
    const message = 'The trainer does not do what was planned: expected bf16 for the precision, found fp32.'
    await expect(trainControlnet.run({ ...context, plan })).rejects.toMatchObject({ message })
    expect(lossesOf(run)).toEqual([])
  })

  it(
    'trains to a verified model with its card, and stops and resumes to the same',
    { timeout: TIMEOUT_MS },
    async () => {
      const options = {
        python,
        train: builtin,
        steps: 8,
        checkpointEvery: 2,
        previewEvery: 4,
        accumulation: 2,
      }
      const whole = makeRun(folder, { ...options, name: 'whole' })
      const result = await trainControlnet.run(whole.context(trainControlnet))
      expect(result.line).toMatch(/^8 steps, loss \d/)
      const steps = whole.events.filter((event) => event.type === 'train-step')
      expect(steps.map(({ step, total }) => `${step}/${total}`)).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8].map((step) => `${step}/8`),
      )
      const saved = whole.events.filter((event) => event.type === 'checkpoint-saved')
      expect(saved.map(({ step }) => step)).toEqual([2, 4, 6, 8])
      const samples = whole.events.filter((event) => event.type === 'sample')
      expect(samples.length).toBeGreaterThan(0)
      for (const { path } of samples) expect(statSync(path).size).toBeGreaterThan(100)
      expect(readFileSync(join(whole.paths.run, 'samples/samples.ndjson'), 'utf8')).toContain(
        '{"step":4,"picture":"samples/step-000004-0.png","prompt":"a portrait photo of a person","condition":"validation/000.png"}\n',
      )
      expect(lossesOf(whole).map(([step, loss]) => [step, Math.fround(loss!)])).toEqual(
        steps.map(({ step, loss }) => [step, loss]),
      )
      const validations = readValidationLosses(join(whole.paths.run, 'metrics.ndjson'))
      expect(validations.map(({ step }) => step)).toEqual([2, 4, 6, 8])
      expect(whole.events.filter((event) => event.type === 'metric')).toEqual(
        validations.map((line) => ({ type: 'metric', name: 'validation_loss', value: line.validation_loss })),
      )

      const verified = await verifyModel.run(whole.context(verifyModel))
      expect(verified.line).toMatch(/^loads in diffusers, all [\d,]+ weights finite, one picture drawn$/)
      expect(readdirSync(whole.paths.model).sort()).toEqual([
        'README.md',
        'config.json',
        'diffusion_pytorch_model.safetensors',
        'images',
      ])
      expect(readdirSync(join(whole.paths.model, 'images')).sort()).toEqual([
        'condition-0.png',
        'picture-0.png',
      ])
      const card = readFileSync(join(whole.paths.model, 'README.md'), 'utf8')
      expect(card).toContain('library_name: diffusers')
      expect(card).toContain('| Steps | 8, each of 4 pictures |')
      expect(card).toContain('`f00d`')
      expect(card + readFileSync(join(whole.paths.model, 'config.json'), 'utf8')).not.toContain(folder)

      const broken = makeRun(folder, { ...options, name: 'broken' })
      const abort = new AbortController()
      const stopAfter = (context: ReturnType<typeof broken.context>) => ({
        ...context,
        report: (event: Parameters<typeof context.report>[0]) => {
          context.report(event)
          if (event.type === 'train-step' && event.step === 5) abort.abort('SIGTERM')
        },
      })
      const stopped = trainControlnet.run(stopAfter(broken.context(trainControlnet, abort.signal)))
      await expect(stopped).rejects.toMatchObject({
        constructor: StoppedError,
        resumable: true,
        signal: 'SIGTERM',
      })
      expect(findDescendants([identify(process.pid)!], 'none').map(({ pid }) => pid)).toEqual([])

      // A half-written checkpoint that is newer than the whole ones.
      const newest = (await findCheckpoints(broken.paths.output)).at(-1)!
      expect(newest.whole).toBe(true)
      const half = join(broken.paths.output, 'checkpoint-7')
      writeFileSync(join(broken.paths.output, 'checkpoint-backup'), '')
      cpSync(newest.path, half, { recursive: true })
      truncateSync(join(half, 'optimizer.bin'), 5000)
      // One that only the trainer finds damaged: its weights are a whole file, and another model's.
      const foreign = join(broken.paths.output, 'checkpoint-6')
      cpSync(newest.path, foreign, { recursive: true })
      const name = 'diffusion_pytorch_model.safetensors'
      cpSync(join(broken.paths.baseModel, 'unet', name), join(foreign, 'controlnet', name))

      await trainControlnet.run(broken.context(trainControlnet))
      expect(broken.events).toContainEqual(
        expect.objectContaining({
          type: 'warning',
          code: 'checkpoint-damaged',
          message: expect.stringMatching(
            /^The checkpoint to go on from can't be read: .*checkpoint-6.*\nAn older one is taken\.$/,
          ) as string,
        }),
      )
      expect(lossesOf(broken)).toEqual(lossesOf(whole))
      expect(readValidationLosses(join(broken.paths.run, 'metrics.ndjson'))).toEqual(validations)
      expect(readdirSync(broken.paths.output)).toEqual(
        expect.arrayContaining(['incomplete-checkpoint-6', 'incomplete-checkpoint-7']),
      )
      const weights = (run: typeof whole) =>
        readFileSync(join(run.paths.output, 'diffusion_pytorch_model.safetensors'))
      expect(weights(broken).equals(weights(whole))).toBe(true)
      expect(
        readdirSync(join(broken.paths.run, 'logs')).filter((name) => name.endsWith('stderr.log')),
      ).toEqual([1, 2, 3].map((attempt) => `attempt-00${attempt}.stderr.log`))

      // Killed after the last step, while the model was written: the checkpoint has its weights.
      rmSync(join(broken.paths.output, 'diffusion_pytorch_model.safetensors'))
      await trainControlnet.run(broken.context(trainControlnet))
      expect(weights(broken).equals(weights(whole))).toBe(true)
      expect(existsSync(join(broken.paths.run, 'logs/attempt-004.stderr.log'))).toBe(false)
    },
  )

  it('a loss that is no number ends the training', { timeout: TIMEOUT_MS }, async () => {
    const train = { ...builtin, learning_rate: 1e30 }
    const run = makeRun(folder, { python, name: 'nan', train, steps: 20, checkpointEvery: 1 })
    await expect(trainControlnet.run(run.context(trainControlnet))).rejects.toMatchObject({
      code: 'loss-nan',
      reason: 'training',
    })
    expect((await findCheckpoints(run.paths.output)).filter(({ step }) => step > 1)).toEqual([])
  })

  it('a failure names its cause and the log', { timeout: TIMEOUT_MS }, async () => {
    const run = makeRun(folder, { python, name: 'fails', train: builtin, steps: 2, checkpointEvery: 1 })
    const paths = { ...run.paths, baseModel: '/nowhere/base' }
    const context = run.context(trainControlnet)
    const args = context.stage.commands[0]!.args.map((arg) =>
      arg.replace(run.paths.baseModel, '/nowhere/base'),
    )
    const stage = { ...context.stage, commands: [{ ...context.stage.commands[0]!, args }] }
    const error = await trainControlnet.run({ ...context, stage, paths }).catch((one: unknown) => one)
    expect(error).toMatchObject({ code: 'base-model-missing', reason: 'environment' })
    expect((error as UserError).message).toContain('/nowhere/base')
    expect((error as UserError).hint).toContain(`log: ${join(run.paths.run, 'logs/attempt-001.stderr.log')}`)
  })

  it('two processes', { timeout: TIMEOUT_MS }, async () => {
    const run = makeRun(folder, {
      python,
      name: 'two',
      train: builtin,
      steps: 3,
      checkpointEvery: 3,
      processes: 2,
    })
    await trainControlnet.run(run.context(trainControlnet))
    expect(lossesOf(run)).toHaveLength(3)
  })
})

it('a model that is damaged does not pass its check', { timeout: TIMEOUT_MS }, async () => {
  const run = makeRun(folder, { python, name: 'damaged', train: builtin, steps: 1, checkpointEvery: 1 })
  await trainControlnet.run(run.context(trainControlnet))
  truncateSync(join(run.paths.output, 'diffusion_pytorch_model.safetensors'), 100_000)
  await expect(verifyModel.run(run.context(verifyModel))).rejects.toThrow(
    /did not pass its check: .*does not load/,
  )
  expect(existsSync(run.paths.model)).toBe(false)
})
