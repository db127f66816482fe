import { expect, it } from 'vitest'
import type { ModelFact, ModelFileFact } from '../../../src/observed-model.ts'
import { planModelParts } from '../../../src/trainer/base-model/model-parts.ts'
import { config } from '../plan/facts.ts'

const model = (files: Record<string, Partial<ModelFileFact>>): ModelFact => ({
  ...{ folder: '/base', kind: 'folder', reason: null, folders: [], partialBytes: 0 },
  files: Object.fromEntries(
    Object.entries(files).map(([path, file]) => [path, { sizeBytes: 1, damage: null, ...file }]),
  ),
})

const SMALL_UNET = { block_out_channels: [160, 320], layers_per_block: 1, cross_attention_dim: 768 }

const small = model({
  'unet/config.json': { json: SMALL_UNET },
  'unet/diffusion_pytorch_model.safetensors': { values: { down_blocks: 3_000_000, up_blocks: 5_000_000 } },
  'unet/diffusion_pytorch_model.fp16.safetensors': { values: { down_blocks: 1 } },
  'vae/diffusion_pytorch_model.safetensors': { values: { encoder: 400_000, decoder: 600_000 } },
  'text_encoder/model.safetensors': { values: { text_model: 700_000 } },
})

it('sizes of the files, whatever the model is called', () => {
  const parts = planModelParts(config({ base_model: { folder: './mine' } }), { baseModel: small })
  expect(parts).toMatchObject({
    ...{ unet: 8_000_000, vae: 1_000_000, textEncoder: 700_000, width: 160, layout: 'sd1' },
    ...{ origin: 'files', like: null },
  })
  // What it copies of the UNet, and its own convolutions.
  expect(parts.controlnet).toBeGreaterThan(3_000_000)
})

it.each<[string, Record<string, unknown>, ModelFact | null, string, string]>([
  ['the default', {}, null, 'known', 'Stable Diffusion 1.5'],
  [
    '2.1 by its name',
    { repo: 'stabilityai/stable-diffusion-2-1-base' },
    null,
    'known',
    'Stable Diffusion 2.1',
  ],
  ['another name', { repo: 'me/dreams' }, null, 'assumed', 'Stable Diffusion 1.5'],
  [
    '2.x by its config, weights in another format',
    { folder: './mine' },
    model({ 'unet/config.json': { json: { cross_attention_dim: 1024 } } }),
    'known',
    'Stable Diffusion 2.1',
  ],
])('not there yet: %s', (_name, base_model, baseModel, origin, like) => {
  const of = config(Object.keys(base_model).length === 0 ? {} : { base_model })
  expect(planModelParts(of, { baseModel })).toMatchObject({ origin, like })
})
