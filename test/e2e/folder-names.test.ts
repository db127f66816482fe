/**
 * Folders with names that `datasets`, the shell or Python might expand: the built program trains on the dataset in them, and
 * on no other one. With diffusers' script too where CNK_UPSTREAM_SCRIPT names a copy.
 */
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run, temporaryFolder } from '../cli/cli.ts'
import { makeNoise } from '../stages/face-pictures.ts'

const SIDE = 64
const TIMEOUT_MS = 300_000
const SCRIPT = process.env.CNK_UPSTREAM_SCRIPT
/** Each of them breaks `load_dataset` on its own. */
const ODD = 'a::b $HOME $' + '{PATH} why? all* two\nlines'
const OTHERS = "~ 100% #1 {new} it's é & so"

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  // What a pattern `set[1]` matches.
  await writePairs('other', 2)
  await writePairs('mine', 5)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function writePairs(name: string, count: number): Promise<void> {
  await mkdir(join(folder, name))
  const lines = ['image,conditioning_image,text']
  for (let row = 0; row < count; row++) {
    for (const file of [`${row}.png`, `${row}-grey.png`])
      await makeNoise(SIDE, row)
        .png()
        .toFile(join(folder, name, file))
    lines.push(`${row}.png,${row}-grey.png,"${name}, ${row}"`)
  }
  await writeFile(join(folder, name, 'pairs.csv'), `${lines.join('\n')}\n`)
}

async function writeConfig(
  name: string,
  output: string,
  train: Record<string, unknown> = {},
): Promise<string> {
  const file = `${name}.yaml`
  const config = {
    version: 1,
    name,
    condition: { kind: 'images' },
    dataset: {
      source: { pairs: `./${name}/pairs.csv` },
      resolution: SIDE,
      crop: 'center',
      filters: { duplicates: 'keep' },
      validation: { count: 1 },
      output,
    },
    base_model: { generated: 'tiny' },
    environment: { torch: 'cpu' },
    train: { engine: 'builtin', preset: 'cpu', num_train_epochs: 1, ...train },
    evaluate: { enabled: false },
    runs: `./${ODD} [1]/${OTHERS}/runs`,
  }
  // JSON is YAML.
  await writeFile(join(folder, file), JSON.stringify(config))
  return file
}

const ENGINES = [
  { engine: 'builtin' },
  ...(SCRIPT === undefined || SCRIPT === '' ? [] : [{ engine: 'diffusers', script: SCRIPT }]),
]

it.each(ENGINES)(
  'trains on the dataset of that very folder: $engine',
  { timeout: TIMEOUT_MS },
  async (train) => {
    const other = await run(['prepare', await writeConfig('other', `./${ODD}/${OTHERS}/set1`)], folder)
    expect([other.code, other.stderr]).toEqual([0, expect.anything()])
    const one = { ...train, train_batch_size: 1, gradient_accumulation_steps: 1, checkpointing_steps: 1 }
    const config = await writeConfig('mine', `./${ODD}/${OTHERS}/set[1]`, one)
    const { code, stderr } = await run(['train', config], folder)
    expect([code, stderr]).toEqual([0, expect.anything()])
    // Four rows in four steps; the other dataset has one.
    expect(stderr).toMatch(/train-controlnet\s+4 steps, loss/)
    const runs = join(folder, `${ODD} [1]`, OTHERS, 'runs')
    const logs = join(runs, await readlink(join(runs, 'latest')), 'logs')
    const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')))
    // What the engines say of the dataset that they have loaded.
    expect(texts.join('\n')).toMatch(/Num examples = 4\b|"rows": 4\b/)
  },
)
