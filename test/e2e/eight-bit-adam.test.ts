/** 8-bit Adam from its own lock, on the CPU: the trial before a training, and a whole training of the builtin engine. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findCheckpoints } from '../../src/tools/runs/checkpoint-files.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { readMetrics } from '../../src/tools/runs/metrics-file.ts'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { makeInputs, makeRun } from './hand-made-run.ts'
import { told } from '../unit/told.ts'
import { venvPython } from './venv.ts'

const TIMEOUT_MS = 240_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-8bit-')))
const python = join(folder, 'venv/bin/python')
const program = (name: string): string => join(packageRoot, 'python', name)
const lock = join(packageRoot, 'python/locks/bitsandbytes-cpu.txt')

/** A venv that has the packages of the one for tests, and bitsandbytes as its lock has it. */
beforeAll(async () => {
  execFileSync(venvPython(), ['-m', 'venv', '--without-pip', join(folder, 'venv')])
  const sitePackages = (of: string): string =>
    execFileSync(of, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
      encoding: 'utf8',
    }).trim()
  const own = sitePackages(python)
  writeFileSync(join(own, 'tests.pth'), `${sitePackages(venvPython())}\n`)
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', own]
  execFileSync(venvPython(), [...pip, '--require-hashes', '-r', lock], { stdio: 'pipe' })
  await makeInputs(folder, python)
}, TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const launch = (interpreter: string, ...args: string[]) =>
  spawnSync(interpreter, [program('launch.py'), ...args], { encoding: 'utf8' })

it('the trial does a step', { timeout: TIMEOUT_MS }, () => {
  const { status, stdout } = launch(python, program('try_8bit_adam.py'), '--device', 'cpu')
  expect([status, JSON.parse(stdout)]).toEqual([0, { version: '0.50.2', device: 'cpu' }])
})

it('without the package it says so', { timeout: TIMEOUT_MS }, () => {
  const { status, stdout, stderr } = launch(venvPython(), program('try_8bit_adam.py'))
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr.trim()).toBe(
    "try_8bit_adam.py: error: 8-bit Adam does not work here: No module named 'bitsandbytes'",
  )
})

it('the check of an environment tries it', { timeout: TIMEOUT_MS }, () => {
  const engine = join(packageRoot, 'python/locks/builtin-cpu.txt')
  const check = [program('check_environment.py'), '2.13.0', 'cpu', engine, lock]
  const { packages, wrong } = JSON.parse(launch(python, ...check).stdout) as {
    packages: Record<string, string>
    wrong: string[]
  }
  expect(wrong).toEqual([])
  expect(packages).toMatchObject({ bitsandbytes: '0.50.2', accelerate: '1.15.0' })
  const missing = JSON.parse(launch(venvPython(), ...check).stdout) as { wrong: string[] }
  expect(missing.wrong).toEqual(['bitsandbytes: expected 0.50.2, found nothing'])
})

it('so does the trial of an environment that a person brings', { timeout: TIMEOUT_MS }, () => {
  const args = ['--engine=builtin', '--device=cpu', '--extra=bitsandbytes']
  const trial = (interpreter: string) =>
    JSON.parse(launch(interpreter, program('try_environment.py'), ...args).stdout) as { wrong: string[] }
  expect(trial(python).wrong).toEqual([])
  expect(trial(venvPython()).wrong).toEqual([
    "bitsandbytes: 8-bit Adam does not work here: No module named 'bitsandbytes'",
  ])
})

const train = { engine: 'builtin', learning_rate: 1e-4, use_8bit_adam: true }

it('a training, stopped and resumed to the same', { timeout: TIMEOUT_MS }, async () => {
  const whole = makeRun(folder, { python, name: 'whole', train, steps: 4, checkpointEvery: 2 })
  const [command] = whole.context(trainControlnet).stage.commands
  expect(command!.args).toContain('--use_8bit_adam')
  await trainControlnet.run(whole.context(trainControlnet))
  expect(
    (await findCheckpoints(whole.paths.output)).map(({ step, whole: isWhole }) => [step, isWhole]),
  ).toEqual([2, 4].map((step) => [step, true]))
  const losses = readMetrics(join(whole.paths.run, 'metrics.ndjson')).map(({ loss }) => loss)
  expect(losses).toHaveLength(4)
  expect(losses.every((loss) => loss !== null && loss > 0)).toBe(true)
  rmSync(join(whole.paths.output, 'checkpoint-4'), { recursive: true })
  rmSync(join(whole.paths.output, 'diffusion_pytorch_model.safetensors'))
  await trainControlnet.run(whole.context(trainControlnet))
  const again = readMetrics(join(whole.paths.run, 'metrics.ndjson')).map(({ loss }) => loss)
  expect(again).toEqual(losses)
})

it('nothing is trained where it does not work', { timeout: TIMEOUT_MS }, async () => {
  const run = makeRun(folder, { python: venvPython(), name: 'none', train, steps: 4, checkpointEvery: 2 })
  const error = await trainControlnet.run(run.context(trainControlnet)).catch((one: unknown) => one)
  expect(error).toMatchObject({ code: '8bit-adam', reason: 'environment' })
  expect(told((error as { hint: string }).hint)).toBe('Train without it: --set train.use_8bit_adam=false')
})
