/** Both engines train with base models in the forms that diffusers writes, and what they made is drawn with. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { verifyModel } from '../../src/stages/verify-model/verify-model.ts'
import { observeModel } from '../../src/tools/files/observe-model.ts'
import { makeDataset, makeRun } from './hand-made-run.ts'
import { makeModels } from './model-folders.ts'
import { venvPython } from './venv.ts'

const TIMEOUT_MS = 240_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-forms-')))
const python = venvPython()
const script = process.env.CNK_UPSTREAM_SCRIPT

beforeAll(async () => {
  makeModels(folder, python)
  await makeDataset(folder, { train: 4, validation: 1 })
}, TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const engines = [
  { engine: 'builtin', more: {} },
  ...(script === undefined || script === '' ? [] : [{ engine: 'diffusers', more: { script } }]),
]
test.each(engines)(
  '$engine: fp16 where there is nothing else',
  { timeout: TIMEOUT_MS },
  async ({ engine, more }) => {
    const run = makeRun(folder, {
      ...{ python, name: engine, ...more },
      ...{ steps: 2, checkpointEvery: 2, previewEvery: 2, rows: { train: 4, validation: 1 } },
      train: { engine, controlnet_model_name_or_path: join(folder, 'whole-start') },
      base: await observeModel(join(folder, 'fp16')),
    })
    const context = run.context(trainControlnet)
    expect(context.stage.commands[0]!.args.filter((arg) => arg.startsWith('--variant'))).toEqual([
      '--variant=fp16',
    ])
    expect((await trainControlnet.run(context)).line).toMatch(/^2 steps, loss \d/)
    expect((await verifyModel.run(run.context(verifyModel))).line).toContain('one picture drawn')
  },
)
