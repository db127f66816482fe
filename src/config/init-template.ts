/** The `controlnet.yaml` that `controlnet-kit init` writes: only the keys that most people change. */

import { kitCommand } from '../next-step.ts'

export interface InitOptions {
  /** Name of the target folder; it is turned into a valid config name. */
  readonly folderName: string
}

export function renderInitTemplate({ folderName }: InitOptions): string {
  return `# What to train, from what, and how. Every other key has a default: docs/config.md lists them all.
#
#   ${kitCommand('plan')}       shows what will happen, and touches nothing
#   ${kitCommand('prepare')}    makes the dataset
#   ${kitCommand('train')}      does everything, to a verified model

version: 1
name: ${quoteWhereRead(nameOf(folderName))}

dataset:
  # A folder of pictures of faces, sub-folders included. A few hundred are a start; thousands are better.
  source: { folder: ./photos }
  # The same words for every picture. Or the text file beside each one: { sidecar: .txt }
  captions: { template: 'a portrait photo of a person' }
  resolution: 512

# The model that the ControlNet will steer. A local folder in diffusers' layout: { folder: ./my-model }
base_model: { repo: stable-diffusion-v1-5/stable-diffusion-v1-5 }

train:
  # auto looks at the GPU. Or one of: 8gb 12gb 16gb 24gb 40gb 80gb cpu
  preset: auto
  learning_rate: 1.0e-5
  num_train_epochs: 3
`
}

const FALLBACK_NAME = 'my-controlnet'
const LONGEST_NAME = 63

/** `Faces of 2026!` → `faces-of-2026`. */
function nameOf(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, LONGEST_NAME)
    .replace(/-$/, '')
  return name === '' ? FALLBACK_NAME : name
}

/** YAML reads `2026` as a number and `true` as a boolean. */
function quoteWhereRead(name: string): string {
  return /^\d|^(true|false|null|yes|no|on|off)$/.test(name) ? `'${name}'` : name
}
