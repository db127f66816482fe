/** Sizes of the networks of a training: those of its files, else those of the model that it is known or taken for. */
import { configuredBase } from '../../base-models/index.ts'
import type { Config, Facts } from '../../types.ts'
import type { ModelFact } from '../../observed-model.ts'
import type { ModelParts } from '../../presets/memory-model.ts'
import { readConfig } from './base-model-fit.ts'
import { countValues, estimateControlnetValues } from './model-size.ts'

type Sizes = Pick<ModelParts, 'unet' | 'vae' | 'textEncoder' | 'controlnet' | 'width' | 'layout'>

interface KnownModel extends Sizes {
  readonly like: string
  /** Names of repositories that hold such a model. */
  readonly repos: RegExp
  /** Width of its captions' vectors, by which its UNet's config tells it. */
  readonly crossAttention: number
}

const SD15: KnownModel = {
  ...{ like: 'Stable Diffusion 1.5', repos: /stable-diffusion-v1-[1-5]|\bsd-?v?1[.-]?[45]/i },
  ...{ unet: 859_520_964, vae: 83_653_863, textEncoder: 123_060_480, controlnet: 361_279_120 },
  ...{ width: 320, layout: 'sd1', crossAttention: 768 },
}

const SD21: KnownModel = {
  ...{ like: 'Stable Diffusion 2.1', repos: /stable-diffusion-2|\bsd-?v?2[.-]?[01]?\b/i },
  ...{ unet: 865_910_724, vae: 83_653_863, textEncoder: 340_387_840, controlnet: 364_230_992 },
  ...{ width: 320, layout: 'sd2', crossAttention: 1024 },
}

/** The first is what a model is taken for of which nothing is known. */
const KNOWN: readonly KnownModel[] = [SD15, SD21]

type Observed = Partial<Pick<Facts, 'baseModel' | 'startControlnet'>>

export function planModelParts(config: Pick<Config, 'base_model'>, facts: Observed): ModelParts {
  const { spec, given } = configuredBase(config)
  if (spec.parts !== null) return spec.parts
  const base = facts.baseModel ?? null
  const start = facts.startControlnet ?? null
  const { known, isSure } = findKnown(spec.hubOf(given)?.repo ?? '', base)
  const controlnet = estimateControlnetValues({ usual: null, base, start })
  const read = base === null ? null : readSizes(base, known)
  if (read !== null) return { ...known, ...read, controlnet, origin: 'files', like: null }
  const own = start === null ? known.controlnet : controlnet
  return { ...known, controlnet: own, origin: isSure ? 'known' : 'assumed' }
}

/** By the width of the UNet's captions where its config is there, else by the repository's name. */
function findKnown(repo: string, base: ModelFact | null): { known: KnownModel; isSure: boolean } {
  const config = base === null ? null : readConfig(base.files, 'unet/config.json')
  const byConfig = KNOWN.find(({ crossAttention }) => config?.['cross_attention_dim'] === crossAttention)
  if (byConfig !== undefined) return { known: byConfig, isSure: true }
  const byName = KNOWN.find(({ repos }) => repos.test(repo))
  return byName === undefined ? { known: SD15, isSure: false } : { known: byName, isSure: true }
}

/** Null when the UNet's weights are not there, or in a format without sizes. */
function readSizes(
  base: ModelFact,
  known: KnownModel,
): Pick<Sizes, 'unet' | 'vae' | 'textEncoder' | 'width'> | null {
  const unet = countValues(base, 'unet/diffusion_pytorch_model')
  if (unet === null) return null
  const channels = readConfig(base.files, 'unet/config.json')?.['block_out_channels']
  const width: unknown = Array.isArray(channels) ? channels[0] : null
  return {
    unet,
    vae: countValues(base, 'vae/diffusion_pytorch_model') ?? known.vae,
    textEncoder: countValues(base, 'text_encoder/model') ?? known.textEncoder,
    width: typeof width === 'number' ? width : known.width,
  }
}
