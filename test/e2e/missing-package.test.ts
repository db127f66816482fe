/** A package is gone from the environment: the training says so, and the command that it names makes the environment whole. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { run, temporaryFolder } from '../cli/cli.ts'
import { findCommands, typeCommand } from '../cli/named-commands.ts'
import { venvPython } from './venv.ts'

const CONFIG = `version: 1
name: small
dataset: { source: { generated: 4 }, crop: center, resolution: 64, validation: { count: 1 } }
base_model: { generated: tiny }
environment: { torch: cpu }
train: { engine: builtin, preset: cpu, max_train_steps: 2 }
`

it('says so, is no longer taken for whole, and is made anew by the named command', async () => {
  const folder = await temporaryFolder()
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
  const env = { CNK_HOME: join(folder, 'cache') }
  const environments = join(folder, 'cache', 'environments')
  await mkdir(environments, { recursive: true })
  // A copy of the tests' own environment, of one file with two names each: only names are removed in it.
  const whole = dirname(dirname(venvPython()))
  const copy = join(environments, basename(whole))
  execFileSync('cp', ['-al', whole, copy])
  const [python = ''] = await readdir(join(copy, 'lib'))
  await rm(join(copy, 'lib', python, 'site-packages/accelerate'), { recursive: true })

  const failed = await run(['train'], folder, env)
  expect(failed.code, failed.stderr).toBe(5)
  expect(failed.stderr).toContain('The Python environment is not complete: ModuleNotFoundError')
  expect(existsSync(join(copy, 'controlnet-kit.json'))).toBe(false)
  const shown = await run(['env', 'show', '--json'], folder, env)
  expect(JSON.parse(shown.stdout)).toMatchObject({ ready: false })

  const named = findCommands(failed.stderr)
  expect(named).toEqual(['controlnet-kit resume'])
  const resumed = await typeCommand(named[0]!, { cwd: folder, env, stop: false })
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(existsSync(join(copy, 'lib', python, 'site-packages/accelerate'))).toBe(true)
}, 400_000)
