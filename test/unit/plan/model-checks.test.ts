import { expect, test } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Facts, ModelFact, StampFact } from '../../../src/types.ts'
import { absentModel, bareFacts, config } from './facts.ts'

const good = (json?: unknown) => ({ sizeBytes: 100, damage: null, ...(json !== undefined && { json }) })
const index = {
  _class_name: 'StableDiffusionPipeline',
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['diffusers', 'AutoencoderKL'],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  scheduler: ['diffusers', 'PNDMScheduler'],
}
const whole: ModelFact = {
  ...absentModel,
  kind: 'folder',
  folders: ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler'],
  files: {
    'model_index.json': good(index),
    'unet/config.json': good({ _class_name: 'UNet2DConditionModel', cross_attention_dim: 768 }),
    'unet/diffusion_pytorch_model.safetensors': good(),
    'vae/config.json': good({ _class_name: 'AutoencoderKL' }),
    'vae/diffusion_pytorch_model.safetensors': good(),
    'text_encoder/config.json': good({ architectures: ['CLIPTextModel'], hidden_size: 768 }),
    'text_encoder/model.safetensors': good(),
    'tokenizer/tokenizer.json': good(),
    'scheduler/scheduler_config.json': good({}),
  },
}
const change = (files: ModelFact['files']): ModelFact => ({ ...whole, files: { ...whole.files, ...files } })
const damaged = change({
  'vae/diffusion_pytorch_model.safetensors': { sizeBytes: 0, damage: { kind: 'empty' } },
})
const inpainting = change({
  'unet/config.json': good({ _class_name: 'UNet2DConditionModel', cross_attention_dim: 768, in_channels: 9 }),
})

const planOf = (facts: Facts, until?: 'write-dataset') =>
  buildPlan({
    ...{ config: config(), configFile: null, facts, specs: stageSpecs },
    ...(until === undefined ? {} : { until }),
  })

/** The checks of a model in the cache; `stamped`: the plan takes it as it is. */
function checksOf(baseModel: ModelFact, stamped: boolean): string[] {
  const facts = { ...bareFacts, baseModel }
  const { stamp, fingerprint, name } = planOf(facts).stages.find(
    (stage) => stage.name === 'fetch-base-model',
  )!
  const fact: StampFact = {
    stamp: { v: 1, stage: name, fingerprint, finishedAt: '2026-11-22T10:12:00.000Z', line: '', files: [] },
    changed: null,
  }
  const { checks } = planOf({ ...facts, stamps: stamped ? { [stamp]: fact } : {} })
  return checks
    .filter(({ code }) => code.startsWith('base-model'))
    .map(({ status, found, remedy }) => `${status}: ${found} → ${remedy}`)
}

const NAME = 'stable-diffusion-v1-5/stable-diffusion-v1-5 in the cache'
const OTHER = 'Name the text-to-image model of Stable Diffusion 1.x or 2.x that it was made from.'

test.each<[string, ModelFact, boolean, string[]]>([
  ['not there yet', absentModel, false, []],
  ['whole', whole, true, []],
  [
    'damaged, and fetched anew anyway',
    damaged,
    false,
    [`warn: ${NAME}: vae/diffusion_pytorch_model.safetensors is empty → It is put there anew.`],
  ],
  [
    'damaged, and taken for whole',
    damaged,
    true,
    [
      `fail: ${NAME}: vae/diffusion_pytorch_model.safetensors is empty → Remove the folder, then it is put there anew: ${absentModel.folder}`,
    ],
  ],
  [
    'of a kind that can not be trained',
    inpainting,
    true,
    [`fail: ${NAME}: unet/config.json has in_channels 9: an inpainting model → ${OTHER}`],
  ],
])('a model in the cache that is %s', (_, model, stamped, checks) => {
  expect(checksOf(model, stamped)).toEqual(checks)
})

test('a dataset alone needs no base model', () => {
  const { checks } = planOf({ ...bareFacts, baseModel: inpainting }, 'write-dataset')
  expect(checks.filter(({ code }) => code.startsWith('base-model'))).toEqual([])
})
