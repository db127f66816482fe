/** A card that another training of the kit uses: it is left to that one. nvidia-smi is a stand-in that prints what a real one prints. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeSelf } from '../../src/tools/files/lock-holder.ts'
import type { Plan } from '../../src/types.ts'
import { run, temporaryFolder } from './cli.ts'

const CONFIG = `version: 1
name: locked
dataset: { source: { generated: 8 }, crop: center, resolution: 64, validation: { count: 2 } }
base_model: { generated: tiny }
train: { engine: builtin, max_train_steps: 4 }
`
const CARDS = [0, 1].map(
  (index) => `${index}, GPU-${index}${index}c0b6f7, NVIDIA H200, 9.0, 580.159.04, 143771, 143156`,
)

let folder: string
let env: Record<string, string>
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const query = '--query-gpu=index,uuid,name,compute_cap,*'
  const script = `#!/bin/sh\ncase "$1" in ${query}) cat <<'END'\n${CARDS.join('\n')}\nEND\n;; esac\n`
  await writeFile(join(bin, 'nvidia-smi'), script)
  await chmod(join(bin, 'nvidia-smi'), 0o755)
  env = { PATH: `${bin}${delimiter}${process.env['PATH']}`, CNK_HOME: join(folder, 'home') }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** As a training of this test's process would. */
async function use(index: number): Promise<void> {
  await mkdir(join(folder, 'home/locks'), { recursive: true })
  const file = join(folder, 'home/locks', `GPU-${index}${index}c0b6f7.lock`)
  await writeFile(file, JSON.stringify(await describeSelf('controlnet-kit train')))
}

async function trainerOf(): Promise<Record<string, string>> {
  const { stdout } = await run(['plan', '--json', '--offline'], folder, env)
  const { stages, training } = JSON.parse(stdout) as Plan
  const visible = stages.find(({ name }) => name === 'train-controlnet')!.commands[0]!.env[
    'CUDA_VISIBLE_DEVICES'
  ]!
  return { visible, processes: String(training.settings.num_processes) }
}

it('auto takes the free ones; where none is, train ends with 10 and says who has it', async () => {
  expect(await trainerOf()).toEqual({ visible: '0,1', processes: '2' })
  await use(0)
  expect(await trainerOf()).toEqual({ visible: '1', processes: '1' })
  await use(1)
  const { code, stderr } = await run(['train'], folder, env)
  expect([code, stderr.split('\n')[0]]).toEqual([
    10,
    expect.stringMatching(
      new RegExp(
        `^✖ NVIDIA H200 \\(GPU 0\\) is in use by controlnet-kit train \\(process ${process.pid}, since `,
      ),
    ),
  ])
})
