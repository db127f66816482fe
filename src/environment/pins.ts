/** Everything that the kit fetches by version, commit or hash. The packages beside torch: python/locks/. */

export const TORCH_VERSION = '2.13.0'

/** What the trainers import, and the version that is tested: those of the locks. */
export const TESTED_PACKAGES: Readonly<Record<string, string>> = {
  torch: TORCH_VERSION,
  accelerate: '1.15.0',
  datasets: '5.0.1',
  diffusers: '0.40.0',
  'huggingface-hub': '1.33.0',
  numpy: '2.4.6',
  pillow: '13.0.0',
  safetensors: '0.8.0',
  tensorboard: '2.21.0',
  transformers: '5.23.0',
}

/** Imported by diffusers' script alone. */
export const TESTED_FOR_DIFFUSERS: Readonly<Record<string, string>> = { torchvision: '0.28.0' }

/** Imported where extras.ts asks for them. */
export const TESTED_EXTRAS: Readonly<Record<string, string>> = { bitsandbytes: '0.50.2' }

/** diffusers asks for this torch; the kit's own programs for this diffusers (they name precisions as `dtype`). */
export const OLDEST = { torch: '2.6', diffusers: '0.40.0', python: '3.11' } as const

/** PyTorch's own wheel indexes, one a build: the only place that has those for CPU and cu126. Asked after the user's own settings. */
export const TORCH_INDEX = 'https://download.pytorch.org/whl'

/** diffusers v0.40.0, examples/controlnet/train_controlnet.py, 48,796 bytes, Apache-2.0. */
export const TRAINER_SCRIPT = {
  version: 'v0.40.0',
  path: 'huggingface/diffusers/d035dcd7cc7c88e0a154609b62887d50bba9fdc2/examples/controlnet/train_controlnet.py',
  sha256: '2f0742b561447565d1ea509582d7eb165dac58b857f99508d5ec02ca745142e3',
  sizeBytes: 48_796,
} as const

/** Raw files of repositories; `CNK_GITHUB_RAW` names a mirror. */
export const GITHUB_RAW = 'https://raw.githubusercontent.com'

/** What `captions: { model: blip }` writes captions with. */
export const BLIP = {
  repo: 'Salesforce/blip-image-captioning-large',
  revision: '353689b859fcf0523410b1806dace5fb46ecdf41',
  files: [
    'config.json',
    'preprocessor_config.json',
    'special_tokens_map.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'vocab.txt',
    'model.safetensors',
  ],
  weightBytes: 1_879_014_680,
  licence: 'BSD-3-Clause',
} as const
