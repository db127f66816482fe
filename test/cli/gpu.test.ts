/** What `plan` and `train` make of the cards that nvidia-smi lists; a stand-in prints what a real one prints. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Check, Plan } from '../../src/types.ts'
import { run, temporaryFolder, type Ended } from './cli.ts'

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(
    join(folder, 'controlnet.yaml'),
    'version: 1\nname: small\ndataset:\n  source: { generated: 400 }\n',
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A folder with an nvidia-smi in it, to be first on PATH. */
async function standIn(name: string, script: string): Promise<string> {
  const bin = join(folder, name)
  await mkdir(bin)
  await writeFile(join(bin, 'nvidia-smi'), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, 'nvidia-smi'), 0o755)
  return bin
}

/** Lines of `--query-gpu=index,uuid,name,compute_cap,driver_version,memory.total,memory.free`. */
const cards = (...lines: string[]): string =>
  `case "$1" in --query-gpu=index,uuid,name,compute_cap,*) cat <<'END'\n${lines.join('\n')}\nEND\n;; esac`

async function planWith(bin: string, { words = [] as string[], visible = null as string | null } = {}) {
  const env: Record<string, string> = {
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    CNK_HOME: join(folder, 'home'),
  }
  if (visible !== null) env['CUDA_VISIBLE_DEVICES'] = visible
  const sets = words.flatMap((word) => ['--set', word])
  const ended = await run(['plan', '--json', ...sets], folder, env)
  return { ended, plan: JSON.parse(ended.stdout) as Plan }
}

const failed = ({ checks }: Plan): Check[] => checks.filter(({ status }) => status === 'fail')
const trainerOf = ({ stages }: Plan) => stages.find(({ name }) => name === 'train-controlnet')!.commands[0]!

const H200 = '0, GPU-66c0b6f7-aa, NVIDIA H200, 9.0, 580.159.04, 143771, 143156'
const RTX = '1, GPU-0a9d2e11-bb, NVIDIA GeForce RTX 4090, 8.9, 580.159.04, 24564, 24000'

it('driver 470, which does not know compute_cap: plan and train say so and start nothing', async () => {
  const bin = await standIn(
    'driver-470',
    `case "$1" in
      *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; echo; exit 2;;
      --query-gpu=*) echo '0, GPU-1c, Tesla V100-SXM2-16GB, 470.182.03, 16160, 16155';;
    esac`,
  )
  const { ended, plan } = await planWith(bin)
  expect(ended.code).toBe(3)
  const problem = {
    code: 'gpu-driver',
    found: 'NVIDIA driver 470.182.03',
    expected: '580 or newer, for torch with CUDA 13',
    remedy: 'Update the NVIDIA driver. To train on the CPU: --set environment.torch=cpu',
  }
  expect(failed(plan)).toMatchObject([problem])
  const path = `${bin}${delimiter}${process.env['PATH']}`
  const train: Ended = await run(['train'], folder, { PATH: path, CNK_HOME: join(folder, 'home') })
  expect(train.code).toBe(3)
  expect(train.stderr).toContain(`${problem.found}; expected ${problem.expected}`)

  const cpu = await planWith(bin, { words: ['environment.torch=cpu'] })
  expect(cpu.ended.code).toBe(0)
  expect(cpu.plan.training.settings).toMatchObject({ device: 'cpu', gpu: null, preset: 'cpu' })
})

it.each([
  ['two cards', null, '0', 'NVIDIA H200 (GPU 0)', '40gb'],
  ['the second one', '1', '1', 'NVIDIA GeForce RTX 4090 (GPU 1)', '24gb'],
  ['the second one by UUID', 'GPU-0a9d', '1', 'NVIDIA GeForce RTX 4090 (GPU 1)', '24gb'],
  ['the second one before the first', '1,0', '1', 'NVIDIA GeForce RTX 4090 (GPU 1)', '24gb'],
])('%s: planned, and given to the trainer', async (name, visible, given, gpu, preset) => {
  const { ended, plan } = await planWith(await standIn(name, cards(H200, RTX)), { visible })
  expect(ended.code).toBe(0)
  expect(plan.training.settings).toMatchObject({ device: 'cuda', gpu, preset })
  expect(trainerOf(plan).env).toMatchObject({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: given })
})

it.each(['', '-1'])('no card by CUDA_VISIBLE_DEVICES=%s', async (visible) => {
  const { ended, plan } = await planWith(await standIn(`none${visible}`, cards(H200)), { visible })
  expect(ended.code).toBe(0)
  expect(plan.training.settings).toMatchObject({ device: 'cpu', preset: 'cpu' })
  expect(trainerOf(plan).env).toMatchObject({ ACCELERATE_USE_CPU: 'true' })
})

it('a name that matches no card', async () => {
  const { ended, plan } = await planWith(await standIn('other', cards(H200)), { visible: '4' })
  expect(ended.code).toBe(3)
  expect(failed(plan)).toMatchObject([
    {
      code: 'gpu-selection',
      found: 'CUDA_VISIBLE_DEVICES=4: there is no GPU 4',
      expected: 'one of 0 (NVIDIA H200, GPU-66c0b6f7-aa)',
    },
  ])
})

it('a part of a card (MIG), whose free memory is not told', async () => {
  const listing = `[ "$1" = -L ] && cat <<'END'
GPU 0: NVIDIA H200 (UUID: GPU-66c0b6f7-aa)
  MIG 1g.18gb     Device  0: (UUID: MIG-41b3d4b6-cc)
END`
  const bin = await standIn('mig', `${cards(H200)}\n${listing}\ntrue`)
  const { plan } = await planWith(bin, { visible: 'MIG-41b3d4b6-cc' })
  expect(failed(plan)).toMatchObject([
    { code: 'gpu-memory-unknown', found: 'NVIDIA H200 MIG 1g.18gb does not tell how much memory is free' },
  ])
  const named = await planWith(bin, { words: ['train.preset=16gb'] })
  expect(named.ended.code).toBe(0)
  expect(trainerOf(named.plan).env).toMatchObject({ CUDA_VISIBLE_DEVICES: 'MIG-41b3d4b6-cc' })
})

it.each([
  ['4 GB', cards('0, GPU-3c, NVIDIA GeForce GTX 1650, 7.5, 580.95.05, 4096, 3900')],
  ['12 GB, most of it taken', cards('0, GPU-3c, NVIDIA GeForce RTX 3060, 8.6, 580.95.05, 12288, 5000')],
  ['memory that is not told', cards('0, GPU-4d, NVIDIA GB10, 12.1, 580.95.05, [N/A], [N/A]')],
  ['an old driver', cards('0, GPU-5e, NVIDIA A100-SXM4-40GB, 8.0, 515.65.01, 40960, 40000')],
  [
    'a driver that does not answer',
    'echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18',
  ],
])('%s is refused, with words that are accepted', async (name, script) => {
  const bin = await standIn(name, script)
  const { ended, plan } = await planWith(bin)
  expect(ended.code).toBe(3)
  expect(failed(plan)).toHaveLength(1)
  const words = [...failed(plan)[0]!.remedy.matchAll(/--set (\S+)/g)].map(([, word]) => word!)
  expect(words).not.toEqual([])
  const mended = await planWith(bin, { words })
  expect(failed(mended.plan)).toEqual([])
  expect(mended.ended.code).toBe(0)
})

it('no devices, and no nvidia-smi at all: the CPU, and nothing to say of GPUs', async () => {
  const { ended, plan } = await planWith(await standIn('empty', 'echo "No devices were found"; exit 6'))
  expect(ended.code).toBe(0)
  expect(plan.training.settings.device).toBe('cpu')
  expect(plan.checks.filter(({ code }) => code.startsWith('gpu'))).toEqual([])
})

const T4 = cards('0, GPU-6f, Tesla T4, 7.5, 580.95.05, 15360, 15000')

it.each([
  ['gpu-missing', 'echo "No devices were found"; exit 6', ['train.preset=24gb']],
  ['effective-batch', T4, ['train.train_batch_size=5']],
  ['gpu-driver-unknown', cards('0, GPU-4d, NVIDIA GB10, 8.6, [N/A], 24000, 24000'), []],
  ['torch-for-the-cpu', T4, ['train.preset=cpu', 'environment.torch=cu130']],
  ['bf16-on-gpu', T4, ['train.mixed_precision=bf16', 'train.preset=16gb']],
  ['warmup', cards(H200), ['train.lr_scheduler=constant_with_warmup', 'train.lr_warmup_steps=500']],
  ['lr-cycles', cards(H200), ['train.lr_scheduler=cosine_with_restarts', 'train.lr_num_cycles=500']],
])('the words of %s are accepted, and mend it', async (code, script, words) => {
  const bin = await standIn(code, script)
  const { plan } = await planWith(bin, { words })
  const remedy = plan.checks.find((check) => check.code === code && check.status !== 'pass')!.remedy
  const named = [...remedy.matchAll(/--set (\S+)/g)].map(([, word]) => word!)
  expect(named).toHaveLength(1)
  const mended = await planWith(bin, { words: [...words, ...named] })
  expect(mended.plan.checks.filter((check) => check.code === code)).toEqual([])
  expect(mended.ended.code).toBe(0)
})

it.each([
  ['rtx-4090', 'NVIDIA GeForce RTX 4090 (GPU 0)', '24gb'],
  ['a100-80gb', 'NVIDIA A100-SXM4-80GB (GPU 0)', '40gb'],
  ['RTX-3070', 'NVIDIA GeForce RTX 3070 (GPU 0)', '8gb'],
])('plan --gpu %s, on a machine without it', async (name, gpu, preset) => {
  const ended = await run(['plan', '--json', '--gpu', name], folder, { CNK_HOME: join(folder, 'home') })
  expect(ended.code).toBe(0)
  const plan = JSON.parse(ended.stdout) as Plan
  expect(plan.training.settings).toMatchObject({ gpu, preset })
  expect(plan.memory).toMatchObject([{ gpu, basis: expect.stringMatching(/measured|estimated/), fits: true }])
})

it('plan --gpu with a name that is none', async () => {
  const ended = await run(['plan', '--gpu', 'rtx-4091'], folder, { CNK_HOME: join(folder, 'home') })
  expect(ended.code).toBe(2)
  expect(ended.stderr).toContain('--gpu rtx-4091 is no card that is known; did you mean rtx-4090?')
})

it('what does not fit names the command that does, and it is taken', async () => {
  const twelve = cards('0, GPU-3c, NVIDIA GeForce RTX 3060, 8.6, 580.95.05, 12288, 11900')
  const bin = await standIn('too-large', twelve)
  const { ended, plan } = await planWith(bin, { words: ['train.preset=40gb'] })
  expect(ended.code).toBe(3)
  expect(plan.memory).toMatchObject([{ fits: false, cheapest_preset: '12gb' }])
  const [check] = failed(plan)
  expect(check?.remedy).toMatch(/ train (.* )?--set train\.preset=12gb$/)
  const mended = await planWith(bin, { words: ['train.preset=40gb', 'train.preset=12gb'] })
  expect(failed(mended.plan)).toEqual([])
  expect(trainerOf(mended.plan).args).toContain('--use_8bit_adam')
  const install = mended.plan.stages.find(({ name }) => name === 'create-environment')!.commands[1]!
  expect(install.args.at(-1)).toMatch(/locks\/bitsandbytes-cu130\.txt$/)
})
