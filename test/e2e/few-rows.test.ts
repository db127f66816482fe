/** Both engines with one held-out row, with none, and with a single row to train on. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { verifyModel } from '../../src/stages/verify-model/verify-model.ts'
import { run as runKit, temporaryFolder } from '../cli/cli.ts'
import { makeDataset, makeInputs, makeRun, type Rows } from './hand-made-run.ts'
import { venvPython } from './venv.ts'

const TIMEOUT_MS = 240_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-few-')))
const python = venvPython()
const script = process.env.CNK_UPSTREAM_SCRIPT

beforeAll(() => makeInputs(folder, python), TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const engines = [
  { engine: 'builtin', more: {} },
  ...(script === undefined || script === '' ? [] : [{ engine: 'diffusers', more: { script } }]),
]
const cases: { name: string; rows: Rows; previewEvery: number; samples: number }[] = [
  { name: 'one row held out', rows: { train: 4, validation: 1 }, previewEvery: 2, samples: 2 },
  { name: 'one row in all, none held out', rows: { train: 1, validation: 0 }, previewEvery: 0, samples: 0 },
]

test.each(engines.flatMap((engine) => cases.map((one) => ({ ...engine, ...one }))))(
  '$engine: $name',
  { timeout: TIMEOUT_MS },
  async ({ engine, more, name, rows, previewEvery, samples }) => {
    await makeDataset(folder, rows)
    const steps = { steps: 4, checkpointEvery: 4, previewEvery }
    const train = { engine, learning_rate: 1e-4 }
    const run = makeRun(folder, {
      ...{ python, train, rows, ...more, ...steps },
      name: `${engine}-${name}`.replace(/\W+/g, '-'),
    })
    expect((await trainControlnet.run(run.context(trainControlnet))).line).toMatch(/^4 steps, loss \d/)
    // Upstream's script draws its previews into TensorBoard alone.
    const drawn = run.events.filter(({ type }) => type === 'sample').length
    expect(drawn).toBe(engine === 'builtin' ? samples : 0)
    expect((await verifyModel.run(run.context(verifyModel))).line).toContain('one picture drawn')
    expect(existsSync(join(run.paths.model, 'images/picture-0.png'))).toBe(true)
    expect(readFileSync(join(run.paths.model, 'README.md'), 'utf8')).toContain(
      `${rows.train} training and ${rows.validation} held-out pictures`,
    )
  },
)

it('the whole program, with a single picture', { timeout: TIMEOUT_MS }, async () => {
  const project = await temporaryFolder()
  const config = {
    version: 1,
    name: 'single',
    dataset: { source: { generated: 1 }, crop: 'center', resolution: 64 },
    base_model: { generated: 'tiny' },
    environment: { torch: 'cpu' },
    train: { engine: 'builtin', preset: 'cpu', max_train_steps: 2 },
  }
  await writeFile(join(project, 'controlnet.yaml'), JSON.stringify(config))
  const { code, stdout, stderr } = await runKit(['train'], project)
  expect(code, stderr).toBe(0)
  expect(stdout + stderr).toContain('1 train + 0 validation rows')
  await rm(project, { recursive: true })
})
