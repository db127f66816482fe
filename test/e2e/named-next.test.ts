// Next steps that only a training names, each typed in the state in which it is shown, until what it promises is true.
import { execFileSync } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run, sh, start, temporaryFolder, untilPrinted, type Ended } from '../cli/cli.ts'
import { findCommands } from '../cli/named-commands.ts'
import { venvPython } from './venv.ts'

const CONFIG = `version: 1
name: small
dataset: { source: { generated: 4 }, crop: center, resolution: 64, validation: { count: 1 } }
base_model: { generated: tiny }
environment: { torch: cpu }
train: { validation_steps: 1000, engine: builtin, preset: cpu, train_batch_size: 1, gradient_accumulation_steps: 1, max_train_steps: 2 }
`

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'mine.yaml'), CONFIG)
  expect((await run(['prepare', 'mine.yaml'], folder)).code).toBe(0)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const shard = (split: string): string => join(folder, `dataset/data/${split}-00000-of-00001.parquet`)

/** Puts another file in the place of one that the kit wrote, and into the kit's record of what it wrote. */
async function replaceRecorded(file: string, make: () => unknown): Promise<void> {
  await make()
  const { size: sizeBytes, mtimeMs } = await stat(file)
  const stamp = join(folder, 'dataset/.cnk/write-dataset.json')
  const record = JSON.parse(await readFile(stamp, 'utf8')) as { files: { path: string }[] }
  const files = record.files.map((one) => (one.path === file ? { ...one, sizeBytes, mtimeMs } : one))
  await writeFile(stamp, JSON.stringify({ ...record, files }))
}

const python = (code: string, ...args: string[]): string =>
  execFileSync(venvPython(), ['-c', code, ...args], { encoding: 'utf8' })

const EMPTY = `
import sys, pyarrow.parquet as parquet
for path in sys.argv[1:]:
    parquet.write_table(parquet.read_table(path).slice(0, 0), path)
`
const OTHER_SIZE = `
import io, sys, pyarrow.parquet as parquet
from PIL import Image
table = parquet.read_table(sys.argv[1])
picture = io.BytesIO()
Image.new("RGB", (32, 64)).save(picture, "png")
cells = [{**cell, "bytes": picture.getvalue()} for cell in table["conditioning_image"].to_pylist()]
at = table.column_names.index("conditioning_image")
column = table.schema.field(at)
import pyarrow
parquet.write_table(table.set_column(at, column, pyarrow.array(cells, column.type)), sys.argv[1])
`

it.each<[what: string, damage: () => Promise<void>, message: RegExp]>([
  [
    'unreadable',
    () => replaceRecorded(shard('validation'), () => writeFile(shard('validation'), 'no Parquet')),
    /✖ The dataset file \S+validation-00000-of-00001\.parquet can't be read: .+\n→ Write it anew: controlnet-kit prepare mine\.yaml\n/,
  ],
  [
    'without rows',
    async () => {
      const files = [shard('train'), shard('validation')]
      for (const file of files) await replaceRecorded(file, () => python(EMPTY, file))
    },
    /✖ The dataset \S+ has no rows\.\n→ Write it: controlnet-kit prepare mine\.yaml\n/,
  ],
  [
    'with conditioning images of another size',
    () => replaceRecorded(shard('validation'), () => python(OTHER_SIZE, shard('validation'))),
    /expected a PNG of 64 × 64 pixels, found 32 × 64\.\n→ Write the dataset anew: controlnet-kit prepare mine\.yaml\n/,
  ],
])(
  'a dataset that the training finds %s is written anew by the command that it names',
  async (_, damage, message) => {
    const sound = await readFile(shard('validation'))
    await damage()
    expect((await readFile(shard('validation'))).equals(sound)).toBe(false)
    const failed = await run(['train', 'mine.yaml'], folder)
    expect(failed.code, failed.stderr).toBe(6)
    expect(failed.stderr).toMatch(message)
    const [command] = findCommands(failed.stderr)
    expect((await sh(command!, folder)).code).toBe(0)
    expect((await readFile(shard('validation'))).equals(sound)).toBe(true)
  },
  120_000,
)

/** Stops at the first sign of the training. */
async function stopEarly(args: readonly string[]): Promise<Ended> {
  const { child, ended } = start(args, folder)
  await untilPrinted(child.stderr, 'train-controlnet  started')
  child.kill('SIGINT')
  return ended
}

it('a training that is stopped before its first checkpoint starts again with the command that it names', async () => {
  const first = await stopEarly(['train', 'mine.yaml'])
  expect(first.code, first.stderr).toBe(130)
  const again = 'There is no whole checkpoint yet to go on from. Start again with:  '
  expect(first.stderr).toContain(`Stopped. ${again}controlnet-kit train mine.yaml\n`)

  const second = await stopEarly(['resume'])
  expect(second.code, second.stderr).toBe(130)
  const [, command] = new RegExp(`${again}(controlnet-kit resume.*)\n`).exec(second.stderr) ?? []
  const ended = await sh(command!, folder)
  expect(ended.code, ended.stderr).toBe(0)
  expect(ended.stdout).toContain('/model/')
}, 180_000)

const SPOILED = `
import sys, pyarrow, pyarrow.parquet as parquet
table = parquet.read_table(sys.argv[1])
cells = [{**cell, "bytes": b"no picture"} for cell in table["image"].to_pylist()]
at = table.column_names.index("image")
column = table.schema.field(at)
parquet.write_table(table.set_column(at, column, pyarrow.array(cells, column.type)), sys.argv[1])
`

it('a picture that only the trainer finds damaged is written anew by the command that it names', async () => {
  const sound = await readFile(shard('train'))
  await replaceRecorded(shard('train'), () => python(SPOILED, shard('train')))
  const failed = await run(['train', 'mine.yaml', '--again'], folder)
  expect(failed.code, failed.stderr).toBe(6)
  const [command] = findCommands(failed.stderr)
  expect(command, failed.stderr).toBe('controlnet-kit prepare mine.yaml')
  expect((await sh(command!, folder)).code).toBe(0)
  expect((await readFile(shard('train'))).equals(sound)).toBe(true)
}, 120_000)

it('a loss of NaN names a command that trains to the end', async () => {
  const failed = await run(
    ['train', 'mine.yaml', '--set', 'train.learning_rate=1e30', '--set', 'train.max_train_steps=6'],
    folder,
  )
  expect(failed.code, failed.stderr).toBe(6)
  expect(failed.stderr).toMatch(/✖ The loss became NaN at step \d/)
  const [command] = findCommands(failed.stderr)
  expect(command).toMatch(/^controlnet-kit train mine\.yaml .*--again/)
  const ended = await sh(command!, folder)
  expect(ended.code, ended.stderr).toBe(0)
}, 180_000)

it('a trainer that somebody kills names resume, which goes on', async () => {
  const args = [
    'train',
    'mine.yaml',
    '--again',
    '--set',
    'train.max_train_steps=12',
    '--set',
    'train.checkpointing_steps=2',
  ]
  const { child, ended } = start(args, folder)
  await untilPrinted(child.stderr, 'checkpoint-2 saved')
  execFileSync('pkill', ['-KILL', '-f', `train\\.py .*${folder}`])
  const failed = await ended
  expect(failed.code, failed.stderr).toBe(6)
  const command = findCommands(failed.stderr).find((one) => one.includes('resume'))
  expect(command, failed.stderr).toBeDefined()
  const resumed = await sh(command!, folder)
  expect(resumed.code, resumed.stderr).toBe(0)
}, 180_000)
