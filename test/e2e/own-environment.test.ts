/**
 * `environment.kind: current`, from the dataset to the verified model, with no network at all; tokens of the person's environment
 * are in no file afterwards. With diffusers' script too, where somebody names a copy of it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'
import { run, runIsolated, temporaryFolder, type Ended } from '../cli/cli.ts'
import { venvPython } from './venv.ts'

const PLANTED = {
  HF_TOKEN: 'hf_plantedPlantedPlantedPlanted1',
  HUGGING_FACE_HUB_TOKEN: 'hf_plantedPlantedPlantedPlanted2',
  WANDB_API_KEY: 'planted00wandb00key00planted00wandb00key',
  GITHUB_TOKEN: 'planted-github-token',
  PIP_INDEX_URL: 'http://me:planted-index-password@127.0.0.1:9/',
  HF_ENDPOINT: 'http://me:planted-hub-password@127.0.0.1:9',
}
const SECRETS = [/hf_planted/, /planted00wandb/, /planted-(github|index|hub)/]

/** A proxy where nobody listens, for what would still ask. */
const REFUSING = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '',
  no_proxy: '',
}

const config = (train: string): string => `version: 1
name: own
dataset:
  source: { generated: 8 }
  crop: center
  resolution: 64
  validation: { count: 2 }
base_model: { folder: ./base }
environment: { kind: current, python: ${JSON.stringify(venvPython())}, torch: cpu }
train: { preset: cpu, train_batch_size: 2, gradient_accumulation_steps: 1, max_train_steps: 6, checkpointing_steps: 3, ${train} }
`

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  const python = (name: string) => join(packageRoot, 'python', name)
  const args = ['--output', join(folder, 'base'), '--resolution', '64']
  execFileSync(venvPython(), [python('launch.py'), python('make_tiny_pipeline.py'), ...args], {
    stdio: 'pipe',
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const environment = () => ({ ...PLANTED, ...REFUSING, CNK_HOME: join(folder, 'cache') })

async function train(
  engine: string,
  more: string,
  env: Record<string, string> = {},
): Promise<{ ended: Ended; project: string }> {
  const project = join(folder, engine)
  await mkdir(project)
  await writeFile(join(project, 'controlnet.yaml'), config(more).replace('./base', '../base'))
  return { project, ended: await runIsolated(['train', '--json'], project, { ...environment(), ...env }) }
}

/** Files below a folder, links followed by none. */
async function listFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
}

async function expectNoSecrets(root: string): Promise<void> {
  const files = await listFiles(root)
  expect(files.length).toBeGreaterThan(20)
  for (const file of files) {
    const text = await readFile(file, 'latin1')
    for (const secret of SECRETS) expect(secret.test(text), `${String(secret)} in ${file}`).toBe(false)
  }
}

async function expectModel({ ended, project }: Awaited<ReturnType<typeof train>>): Promise<string> {
  expect(ended.code, ended.stderr + ended.stdout.slice(-3000)).toBe(0)
  const runFolder = await realpath(join(project, 'runs/latest'))
  expect(await readdir(join(runFolder, 'model'))).toContain('diffusion_pytorch_model.safetensors')
  for (const secret of SECRETS) expect(`${ended.stdout}${ended.stderr}`).not.toMatch(secret)
  return runFolder
}

it('the builtin engine, from pictures to a verified model, while every address is refused', async () => {
  const made = await train('builtin', 'engine: builtin')
  const runFolder = await expectModel(made)
  const record = JSON.parse(await readFile(join(runFolder, 'environment.json'), 'utf8'))
  expect(record).toMatchObject({
    v: 1,
    kind: 'current',
    python: venvPython(),
    python_version: expect.stringMatching(/^3\./),
    torch: { version: expect.stringContaining('+cpu'), build: 'cpu' },
    device: 'cpu',
    gpus: [],
  })
  expect(record.packages).toMatchObject({ diffusers: '0.40.0', accelerate: '1.15.0' })
  await expectNoSecrets(folder)

  const again = await runIsolated(['train'], made.project, environment())
  expect(again.code, again.stderr).toBe(0)
  expect(again.stdout).toContain('/model/')
}, 400_000)

it('nothing is made or removed in an environment of the person', async () => {
  const project = join(folder, 'builtin')
  const before = await stat(join(venvPython(), '../..'))
  const shown = await run(['env', 'show', '--json'], project, environment())
  expect(JSON.parse(shown.stdout)).toMatchObject({ ready: true, python: venvPython() })
  const cleaned = await run(['env', 'clean', '--yes'], project, environment())
  expect(cleaned.code, cleaned.stderr).toBe(0)
  expect(cleaned.stdout).toContain(join(folder, 'cache/environments/own-'))
  expect((await stat(join(venvPython(), '../..'))).mtimeMs).toBe(before.mtimeMs)
})

const script = process.env.CNK_UPSTREAM_SCRIPT
if (script) {
  it("a copy of diffusers' script, recorded by TensorBoard and, offline, by wandb", async () => {
    await copyFile(script, join(folder, 'train_controlnet.py'))
    const site = join(folder, 'site')
    const lock = join(packageRoot, 'python/locks/wandb.txt')
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--require-hashes',
      '--target',
      site,
      '-r',
      lock,
    ]
    execFileSync(venvPython(), pip, { stdio: 'pipe' })

    const flags = '{ tracker_project_name: mine, set_grads_to_none: false, max_train_samples: 4 }'
    const made = await train(
      'diffusers',
      `script: ../train_controlnet.py, trackers: [wandb], extra: ${flags}`,
      {
        PYTHONPATH: site,
        WANDB_MODE: 'offline',
      },
    )
    const runFolder = await expectModel(made)
    const { args } = JSON.parse(await readFile(join(runFolder, 'command.json'), 'utf8')) as { args: string[] }
    expect(args).toEqual(expect.arrayContaining(['--max_train_samples=4', '--tracker_project_name=mine']))
    expect(args).not.toContain('--set_grads_to_none')
    expect((await readdir(join(runFolder, 'output/logs/mine'))).join()).toContain('events.out.tfevents')
    const records = await listFiles(join(runFolder, 'wandb'))
    expect(records.filter((file) => file.endsWith('.wandb'))).toHaveLength(1)
    await expectNoSecrets(folder)
  }, 400_000)
}

it('a Python without the packages is a failed check, before anything is made', async () => {
  const project = join(folder, 'bare')
  await mkdir(project)
  const bare = join(folder, 'bare-venv')
  expect(spawnSync(venvPython(), ['-m', 'venv', '--without-pip', bare]).status).toBe(0)
  const text = config('engine: builtin').replace(JSON.stringify(venvPython()), join(bare, 'bin/python'))
  await writeFile(join(project, 'controlnet.yaml'), text.replace('./base', '../base'))
  const ended = await run(['train'], project, environment())
  expect(ended.code).toBe(3)
  expect(ended.stderr).toContain(
    `${join(bare, 'bin/python')} has no torch, accelerate, datasets, diffusers, huggingface-hub, numpy, pillow, safetensors, tensorboard, transformers`,
  )
  expect(await readdir(project)).toEqual(['controlnet.yaml'])
})

it('packages that are there and do not work end the run before the dataset is made', async () => {
  const project = join(folder, 'broken')
  await mkdir(join(project, 'site/datasets'), { recursive: true })
  await writeFile(
    join(project, 'site/datasets/__init__.py'),
    "raise ImportError('libarrow.so.2600: cannot open')\n",
  )
  await writeFile(join(project, 'controlnet.yaml'), config('engine: builtin').replace('./base', '../base'))
  const ended = await run(['train'], project, {
    ...environment(),
    PYTHONPATH: join(project, 'site'),
    CNK_HOME: join(project, 'cache'),
  })
  expect(ended.code).toBe(5)
  expect(ended.stderr).toContain(
    `${venvPython()} can't train here: datasets can't be imported: libarrow.so.2600: cannot open.`,
  )
  await expect(stat(join(project, 'dataset/manifest.json'))).rejects.toThrow()
})
