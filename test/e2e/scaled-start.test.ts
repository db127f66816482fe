// A training from a scaled start, with either engine, and what is made of it the second time.
import { existsSync } from 'node:fs'
import { readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { run, temporaryFolder } from '../cli/cli.ts'

const CONFIG = `version: 1
name: scaled
dataset: { source: { generated: { count: 6, size: 64, kind: plain } }, crop: center, resolution: 64, validation: { count: 1 } }
condition: { annotator: files }
base_model: { generated: tiny }
environment: { torch: cpu }
train: { engine: builtin, preset: cpu, controlnet_init: scaled, train_batch_size: 2, max_train_steps: 2 }
`

vi.setConfig({ testTimeout: 600_000 })
let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const INITIAL = 'dataset/.cnk/initial-controlnet'
const weightsOf = (place: string) => join(folder, place, 'diffusion_pytorch_model.safetensors')

async function trainerArguments(): Promise<string[]> {
  const file = join(await realpath(join(folder, 'runs/latest')), 'command.json')
  return (JSON.parse(await readFile(file, 'utf8')) as { args: string[] }).args
}

it('trains from it, and makes it once for a dataset, a base model and a seed', async () => {
  const first = await run(['train'], folder)
  expect(first.code, first.stderr).toBe(0)
  expect(await trainerArguments()).toContain(
    `--controlnet_model_name_or_path=${join(await realpath(folder), INITIAL)}`,
  )
  expect(existsSync(join(folder, `${INITIAL}.conditions`))).toBe(false)
  const { mtimeMs } = await stat(weightsOf(INITIAL))

  const again = await run(['train', '--again', '--set', 'train.max_train_steps=1'], folder)
  expect(again.code, again.stderr).toBe(0)
  expect((await stat(weightsOf(INITIAL))).mtimeMs).toBe(mtimeMs)

  const other = await run(['train', '--set', 'train.seed=7', '--set', 'train.max_train_steps=1'], folder)
  expect(other.code, other.stderr).toBe(0)
  expect((await stat(weightsOf(INITIAL))).mtimeMs).toBeGreaterThan(mtimeMs)
})

const script = process.env['CNK_UPSTREAM_SCRIPT']
if (script !== undefined)
  it("upstream's script takes it", async () => {
    const set = ['train.engine=diffusers', `train.script=${script}`].flatMap((one) => ['--set', one])
    const ended = await run(['train', ...set], folder)
    expect(ended.code, ended.stderr).toBe(0)
    expect((await trainerArguments()).join(' ')).toContain(INITIAL)
  })
