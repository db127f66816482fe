/** A real ControlNet to start from, damaged in each of the ways that people meet, and what the program says. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { observeModel } from '../../src/tools/files/observe-model.ts'
import { configuredBase } from '../../src/base-models/index.ts'
import { checkpointBytes, estimateControlnetValues } from '../../src/trainer/base-model/model-size.ts'
import { findControlnetProblems } from '../../src/trainer/base-model/controlnet-check.ts'
import { run as runKit } from '../cli/cli.ts'
import { changeJson, copyModel, makeModels, POINTER } from './model-folders.ts'
import { venvPython } from './venv.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-damage-')))
const [base, start] = [join(folder, 'base'), join(folder, 'start')]
const WEIGHTS = 'diffusion_pytorch_model.safetensors'
const inStart = (name: string) => join(start, name)

let values: number
beforeAll(() => {
  values = makeModels(folder, venvPython())
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  copyModel(join(folder, 'whole'), base)
  copyModel(join(folder, 'whole-start'), start)
})

describe('a ControlNet to start from', () => {
  test.each<[string, () => void, string[]]>([
    ['as it is', () => undefined, []],
    [
      'a pointer',
      () => writeFileSync(inStart(WEIGHTS), POINTER),
      [`${WEIGHTS} is a Git LFS pointer, not the file itself; expected the whole file`],
    ],
    [
      'cut off',
      () => truncateSync(inStart(WEIGHTS), 1_000_000),
      [`${WEIGHTS} has 1,000,000 bytes, its header says 4,452,880 bytes; expected the whole file`],
    ],
    ['no config', () => unlinkSync(inStart('config.json')), ['config.json is missing; expected a file']],
    [
      'a pickle',
      () => renameSync(inStart(WEIGHTS), inStart('diffusion_pytorch_model.bin')),
      ['it has its weights as diffusion_pytorch_model.bin alone; expected whole weights as safetensors'],
    ],
    [
      'fp16 alone',
      () => {
        rmSync(start, { recursive: true })
        cpSync(join(folder, 'start-fp16'), start, { recursive: true })
      },
      [
        'it has its weights as diffusion_pytorch_model.fp16.safetensors alone; expected whole weights as safetensors',
      ],
    ],
    [
      'a UNet',
      () => changeJson(inStart('config.json'), { _class_name: 'UNet2DConditionModel' }),
      ['config.json is of UNet2DConditionModel; expected ControlNetModel'],
    ],
    [
      'another condition',
      () => changeJson(inStart('config.json'), { conditioning_channels: 4 }),
      ['config.json has conditioning_channels 4; expected conditioning_channels 3'],
    ],
    [
      'for another base model',
      () => changeJson(inStart('config.json'), { cross_attention_dim: 768 }),
      ['config.json has cross_attention_dim 768; expected 32 as the base model'],
    ],
    [
      'a checkpoint',
      () => {
        renameSync(start, `${start}.moved`)
        mkdirSync(start)
        renameSync(`${start}.moved`, inStart('controlnet'))
      },
      ['it is a checkpoint; expected a folder with config.json and diffusion_pytorch_model.safetensors'],
    ],
    [
      'nothing',
      () => rmSync(start, { recursive: true }),
      ['it is not there; expected a folder with config.json and diffusion_pytorch_model.safetensors'],
    ],
  ])('%s', async (_, damage, problems) => {
    damage()
    const found = findControlnetProblems(await observeModel(start), await observeModel(base))
    expect(found.map((one) => `${one.file ?? 'it'} ${one.found}; expected ${one.expected}`)).toEqual(problems)
  })
})

test('its size follows from the base model, and from what the training starts from', async () => {
  expect(values).toBeGreaterThan(1_000_000)
  const parts = join(folder, 'parts')
  copyModel(base, parts)
  copyModel(join(folder, 'unet-parts'), join(parts, 'unet'))
  const estimate = async (name: string | null, from: string | null = null) =>
    estimateControlnetValues({
      usual: configuredBase({ base_model: { generated: 'tiny' } }).spec.parts!.controlnet,
      base: name === null ? null : await observeModel(join(folder, name)),
      start: from === null ? null : await observeModel(join(folder, from)),
    })
  expect(await estimate(null)).toBe(values)
  for (const name of ['base', 'parts', 'fp16']) expect(await estimate(name)).toBe(values)
  expect(await estimate('base', 'start')).toBe(values)
  expect(checkpointBytes(values) / statSync(inStart(WEIGHTS)).size).toBeCloseTo(3, 1)
})

describe('the program', () => {
  const config = {
    version: 1,
    name: 'faces',
    dataset: { source: { generated: 4 }, crop: 'center', resolution: 64 },
    base_model: { folder: './base' },
    environment: { torch: 'cpu' },
    train: { engine: 'builtin', preset: 'cpu', controlnet_model_name_or_path: './start' },
  }
  const writeConfig = () => writeFileSync(join(folder, 'controlnet.yaml'), JSON.stringify(config))

  it('refuses both before anything is made: file, reason, remedy', async () => {
    writeConfig()
    writeFileSync(join(base, 'unet', WEIGHTS), POINTER)
    truncateSync(inStart(WEIGHTS), 0)
    const { code, stderr } = await runKit(['train'], folder)
    expect(code).toBe(3)
    expect(stderr).toBe(
      `✖ 2 checks failed, so nothing was started.
  controlnet.yaml:1:121  base_model.folder                    ./base: unet/diffusion_pytorch_model.safetensors is a Git LFS pointer, not the file itself; expected the whole file
  controlnet.yaml:1:236  train.controlnet_model_name_or_path  ./start: diffusion_pytorch_model.safetensors is empty; expected the whole file
→ Fetch the files; in the folder of the model: git lfs install && git lfs pull
  Copy or download the model again.
`,
    )
    const planned = await runKit(['plan', '--json'], folder)
    expect(planned.code).toBe(3)
  })

  it('takes both when they are whole, and says what the model predicts', async () => {
    writeConfig()
    changeJson(join(base, 'scheduler/scheduler_config.json'), { prediction_type: 'v_prediction' })
    const { code, stdout } = await runKit(['plan', '--json'], folder)
    expect(code).toBe(0)
    const { checks } = JSON.parse(stdout) as { checks: { code: string; found: string }[] }
    const found = checks.filter((check) => /^(base-model|start)/.test(check.code))
    expect(found.map((check) => check.found)).toEqual([
      './base, which predicts velocity (v-prediction)',
      './start',
    ])
  })
})
