import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoppedError } from '../../src/errors.ts'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { verifyModel } from '../../src/stages/verify-model/verify-model.ts'
import { findCheckpoints } from '../../src/tools/runs/checkpoint-files.ts'
import { readMetrics } from '../../src/tools/runs/metrics-file.ts'
import { findDescendants, identify } from '../../src/tools/processes/process-tree.ts'
import { makeInputs, makeRun } from './hand-made-run.ts'
import { venvPython } from './venv.ts'

/** diffusers' own script is not part of the kit: these tests are there only when somebody names a copy of it. */
const script = process.env.CNK_UPSTREAM_SCRIPT

if (script === undefined || script === '') {
  console.log('CNK_UPSTREAM_SCRIPT is not set: nothing is trained with the script of diffusers.')
} else {
  describe("diffusers' train_controlnet.py", () => trainWithUpstream(realpathSync(script)))
}

it('a script that is missing is not started', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-upstream-')))
  const run = makeRun(folder, { python: 'python3', name: 'missing', train: {}, steps: 1, checkpointEvery: 1 })
  await expect(trainControlnet.run(run.context(trainControlnet))).rejects.toMatchObject({
    reason: 'integrity',
  })
  rmSync(folder, { recursive: true })
})

function trainWithUpstream(script: string): void {
  const TIMEOUT_MS = 240_000
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-upstream-')))
  const python = venvPython()
  const options = {
    python,
    script,
    train: { learning_rate: 1e-4, num_train_epochs: 2 },
    steps: 12,
    checkpointEvery: 6,
  }

  beforeAll(() => makeInputs(folder, python), TIMEOUT_MS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const lossesOf = (run: { paths: { run: string } }) =>
    readMetrics(join(run.paths.run, 'metrics.ndjson')).map(({ step, loss }) => [step, loss])

  it(
    'trains to a verified model; stopped and resumed, it has the same losses',
    { timeout: TIMEOUT_MS },
    async () => {
      const whole = makeRun(folder, { ...options, name: 'whole', previewEvery: 6 })
      const result = await trainControlnet.run(whole.context(trainControlnet))
      expect(result.line).toMatch(/^12 steps, loss \d/)
      expect(whole.events.filter((event) => event.type === 'warning')).toEqual([])
      const steps = whole.events.filter((event) => event.type === 'train-step')
      expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
      expect(steps.every(({ loss, lr, total }) => loss! > 0 && lr === 1e-4 && total === 12)).toBe(true)
      expect(
        whole.events.filter((event) => event.type === 'checkpoint-saved').map(({ step }) => step),
      ).toEqual([6, 12])
      // TensorBoard has them in float32, the log with three digits; it says `seconds` from the second step on.
      const metrics = readMetrics(join(whole.paths.run, 'metrics.ndjson'))
      expect(metrics.map(({ loss }) => Number(loss!.toPrecision(3)))).toEqual(steps.map(({ loss }) => loss))
      expect(metrics.filter(({ loss }) => String(loss).length > 6).length).toBeGreaterThan(8)
      expect(metrics.map(({ lr, seconds }) => [lr, seconds !== null])).toEqual(
        metrics.map((_, index) => [1e-4, index > 0]),
      )
      const previews = whole.events.filter((event) => event.type === 'sample')
      expect(previews.map(({ step, path }) => [step, basename(path)])).toContainEqual([
        12,
        'step-000012-1.png',
      ])
      expect(new Set(previews.map(({ step }) => step))).toEqual(new Set([6, 12]))
      for (const { path } of previews) {
        expect(await sharp(path).metadata()).toMatchObject({ format: 'png', width: 64, height: 64 })
      }
      await verifyModel.run(whole.context(verifyModel))
      expect(readFileSync(join(whole.paths.model, 'README.md'), 'utf8')).toContain(
        "diffusers' `train_controlnet.py`",
      )

      const broken = makeRun(folder, { ...options, name: 'broken', previewEvery: 6 })
      const abort = new AbortController()
      const context = broken.context(trainControlnet, abort.signal)
      const stopAtEight: typeof context.report = (event) => {
        context.report(event)
        if (event.type === 'train-step' && event.step === 8) abort.abort('SIGINT')
      }
      const stopped = trainControlnet.run({ ...context, report: stopAtEight })
      await expect(stopped).rejects.toMatchObject({
        constructor: StoppedError,
        resumable: true,
        signal: 'SIGINT',
      })
      expect(findDescendants([identify(process.pid)!], 'none').map(({ pid }) => pid)).toEqual([])
      expect((await findCheckpoints(broken.paths.output)).map(({ step, whole }) => [step, whole])).toEqual([
        [6, true],
      ])

      await trainControlnet.run(broken.context(trainControlnet))
      expect(lossesOf(broken)).toEqual(lossesOf(whole))
    },
  )

  it('accumulation, and a checkpoint that is cut', { timeout: TIMEOUT_MS }, async () => {
    const run = makeRun(folder, { ...options, name: 'cut', accumulation: 2, steps: 6, checkpointEvery: 3 })
    await trainControlnet.run(run.context(trainControlnet))
    expect(lossesOf(run).map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6])

    truncateSync(join(run.paths.output, 'checkpoint-6/random_states_0.pkl'), 1000)
    rmSync(join(run.paths.output, 'config.json'))
    await trainControlnet.run(run.context(trainControlnet))
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'checkpoint-incomplete' }),
    )
    expect(readdirSync(run.paths.output)).toContain('incomplete-checkpoint-6')
    expect(lossesOf(run).map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it(
    'a loss that is no number ends the training although the script goes on',
    { timeout: TIMEOUT_MS },
    async () => {
      const train = { ...options.train, learning_rate: 1e30 }
      const run = makeRun(folder, { ...options, name: 'nan', train, steps: 200, checkpointEvery: 1 })
      await expect(trainControlnet.run(run.context(trainControlnet))).rejects.toMatchObject({
        code: 'loss-nan',
      })
      expect(lossesOf(run).length).toBeLessThan(100)
      expect((await findCheckpoints(run.paths.output)).filter(({ step }) => step > 1)).toEqual([])
    },
  )

  it('a dataset of another size than planned stops at once', { timeout: TIMEOUT_MS }, async () => {
    const run = makeRun(folder, { ...options, name: 'other' })
    const context = run.context(trainControlnet)
    const training = { ...context.plan.training, rows: 99 }
    const plan = { ...context.plan, training }
    await expect(trainControlnet.run({ ...context, plan })).rejects.toMatchObject({
      code: 'plan-mismatch',
      message: 'The trainer does not do what was planned: expected 99 for the rows of the dataset, found 12.',
    })
  })

  it('the CPU in place of the planned GPU ends the training', { timeout: TIMEOUT_MS }, async () => {
    const settings = { device: 'cuda', mixed_precision: 'bf16' } as const
    const run = makeRun(folder, { ...options, name: 'cpu', settings })
    await expect(trainControlnet.run(run.context(trainControlnet))).rejects.toMatchObject({
      code: 'plan-mismatch',
      message: 'The trainer does not do what was planned: expected the GPU for the device, found the CPU.',
    })
    expect(lossesOf(run)).toEqual([])
  })

  it('so does another precision', { timeout: TIMEOUT_MS }, async () => {
    const run = makeRun(folder, { ...options, name: 'precision' })
    const context = run.context(trainControlnet)
    const settings = { ...context.plan.training.settings, mixed_precision: 'bf16' } as const
    const plan = { ...context.plan, training: { ...context.plan.training, settings } }
    await expect(trainControlnet.run({ ...context, plan })).rejects.toMatchObject({
      message: 'The trainer does not do what was planned: expected bf16 for the precision, found fp32.',
    })
  })

  it('a script that was changed is not started', async () => {
    const run = makeRun(folder, { ...options, name: 'changed' })
    const changed = `${run.paths.trainerScript}.changed`
    copyFileSync(run.paths.trainerScript, changed)
    truncateSync(changed, 40_000)
    renameSync(changed, run.paths.trainerScript)
    await expect(trainControlnet.run(run.context(trainControlnet))).rejects.toMatchObject({
      reason: 'integrity',
    })
    expect(existsSync(join(run.paths.run, 'logs'))).toBe(false)
  })
}
