/** A tiny pipeline with random weights, made in the cache. */
import type { BaseModelSpec } from './base-model-spec.ts'
import { launchPython } from './launch-python.ts'
import { shortHash } from './short-hash.ts'

export const generated: BaseModelSpec<{ readonly generated: 'tiny' }> = {
  kind: 'generated',
  keys: {
    generated: { takes: ['tiny'], words: 'A tiny pipeline with random weights (the quickstart).' },
  },
  nameOf: () => 'the tiny model',
  plan(_, input) {
    const { config, facts } = input
    const program = facts.pythonFiles['python/make_tiny_pipeline.py'] ?? ''
    const settings = ['--seed', String(config.train.seed), '--resolution', String(config.dataset.resolution)]
    const folder = `{cache}/base-models/tiny-${shortHash([program, ...settings].join('\n'))}`
    const args = ['--output', `${folder}.partial`, ...settings]
    return {
      folder,
      stamp: `${folder}/controlnet-kit.json`,
      commands: [launchPython(input, 'make_tiny_pipeline.py', args)],
      summary: 'a tiny pipeline with random weights',
    }
  },
  lies: 'in-cache',
  hubOf: () => null,
  isSmall: true,
  cachedBytes: 7_200_000,
  parts: {
    ...{ unet: 1_600_000, vae: 100_000, textEncoder: 100_000, controlnet: 1_108_464, width: 32 },
    ...{ layout: 'sd1', origin: 'known', like: 'the tiny pipeline' },
  },
  licenceOf: () => ({
    id: 'apache-2.0',
    words: 'The base model has random weights: no picture of it shows anything.',
  }),
  cardWords: () => 'a tiny random Stable Diffusion pipeline, made for trying things out,',
}
