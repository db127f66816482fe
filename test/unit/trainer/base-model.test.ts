import { expect, test } from 'vitest'
import { checkBaseModelLayout, planBaseModel } from '../../../src/trainer/base-model.ts'
import type { Config } from '../../../src/types.ts'

const facts = {
  packageRoot: '/kit',
  workingDirectory: '/project',
  pythonFiles: { 'python/make_tiny_pipeline.py': 'aa' },
}
const plan = (base_model: unknown, seed = 42) =>
  planBaseModel({
    config: { base_model, train: { seed }, dataset: { resolution: 64 } } as unknown as Config,
    facts,
    python: '/venv/bin/python',
  })

test('a repository', () => {
  const { folder, stamp, commands } = plan({ repo: 'owner/name', revision: 'main' })
  expect(folder).toMatch(/^\{cache\}\/base-models\/owner--name@main-[0-9a-f]{8}$/)
  expect(stamp).toBe(`${folder}/controlnet-kit.json`)
  expect(commands.map(({ file, args }) => [file, ...args].join(' '))).toEqual([
    `/venv/bin/python /kit/python/launch.py /kit/python/fetch_model.py --repo owner/name --revision main --output ${folder}.partial`,
  ])
  expect(plan({ repo: 'owner--name/x', revision: 'main' }).folder).not.toBe(
    plan({ repo: 'owner/name--x', revision: 'main' }).folder,
  )
})

test('a made one is told apart by its seed', () => {
  const { folder, commands } = plan({ generated: 'tiny' })
  expect(commands[0]!.args.join(' ')).toBe(
    `/kit/python/launch.py /kit/python/make_tiny_pipeline.py --output ${folder}.partial --seed 42 --resolution 64`,
  )
  expect(plan({ generated: 'tiny' }, 43).folder).not.toBe(folder)
})

test("a person's own folder is used where it lies, and not written into", () => {
  const { folder, stamp, commands } = plan({ folder: './sd' })
  expect([folder, commands]).toEqual(['/project/sd', []])
  expect(stamp).toMatch(/^\{cache\}\//)
  expect(plan({ folder: '/models/sd' }).folder).toBe('/models/sd')
})

const whole = [
  'model_index.json',
  'scheduler/scheduler_config.json',
  'text_encoder/config.json',
  'text_encoder/model.safetensors',
  'tokenizer/vocab.json',
  'unet/config.json',
  'unet/diffusion_pytorch_model-00001-of-00002.safetensors',
  'unet/diffusion_pytorch_model-00002-of-00002.safetensors',
  'vae/config.json',
  'vae/diffusion_pytorch_model.safetensors',
]
const without = (pattern: RegExp) => whole.filter((file) => !pattern.test(file))
const index = '{"_class_name": "StableDiffusionPipeline"}'

test.each([
  ['a whole one', whole, index, []],
  ['no index', [], null, ["model_index.json is missing: the folder is not in diffusers' layout"]],
  ['a broken index', whole, '{', ['model_index.json is not JSON']],
  ['no tokenizer', without(/^tokenizer/), index, ['tokenizer/vocab.json is missing']],
  ['no vae', without(/^vae/), index, ['vae/config.json is missing', 'vae/ has no safetensors weights']],
  [
    'only pickles',
    [...without(/^unet.*safetensors/), 'unet/diffusion_pytorch_model.bin'],
    index,
    ['unet/ has no safetensors weights; other weights are there, but only whole safetensors are taken'],
  ],
  [
    'another family',
    whole,
    '{"_class_name": "StableDiffusionXLPipeline", "text_encoder_2": ["transformers", "X"]}',
    ['StableDiffusionXLPipeline is not available yet: expected a Stable Diffusion 1.x or 2.x pipeline'],
  ],
])('%s', (_name, files, modelIndex, problems) => {
  expect(checkBaseModelLayout(files, modelIndex)).toEqual(problems)
})
