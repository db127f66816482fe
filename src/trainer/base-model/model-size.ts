/** How large a ControlNet and what its training saves are, from what is known of the base model. */
import type { ModelFact, ModelFileFact } from '../../observed-model.ts'
import { readConfig } from './base-model-fit.ts'

/** ControlNet of Stable Diffusion 1.5; that of 2.x has 3 million more. */
const SD15_CONTROLNET_VALUES = 361_279_120

const FLOAT32_BYTES = 4

interface Known {
  /** Of this kind of base model; null where its files or its name tell. */
  readonly usual: number | null
  readonly base: ModelFact | null
  /** The ControlNet that the training starts from. */
  readonly start: ModelFact | null
}

/** Number of values of the ControlNet that will be trained. */
export function estimateControlnetValues({ usual, base, start }: Known): number {
  const own = start === null ? null : countValues(start, WEIGHTS)
  if (own !== null) return own
  const fromUnet = base === null ? null : countFromUnet(base)
  return fromUnet ?? usual ?? SD15_CONTROLNET_VALUES
}

/** Values of the safetensors whose path begins so, such as `unet/diffusion_pytorch_model`; null where there are none. */
export function countValues(model: ModelFact, stem: string): number | null {
  const values = sum(Object.values(weightsIn(model, stem)).map((file) => sum(Object.values(file))))
  return values === 0 ? null : values
}

/** Bytes of its weights, which are trained and saved with 32 bits. */
export const weightBytes = (values: number): number => FLOAT32_BYTES * values

/** The same with 16 bits, as the evaluation keeps them. */
export const halvedBytes = (values: number): number => weightBytes(values) / 2

/** Bytes of a checkpoint: the weights, and two moments of AdamW for each. */
export const checkpointBytes = (values: number): number => 3 * weightBytes(values)

/** Parts of a UNet that a ControlNet is a copy of. */
const COPIED = ['conv_in', 'time_embedding', 'class_embedding', 'add_embedding', 'down_blocks', 'mid_block']

/** Null when the UNet's weights or sizes are not known. */
function countFromUnet(base: ModelFact): number | null {
  const config = readConfig(base.files, 'unet/config.json')
  const files = Object.values(weightsIn(base, `unet/${WEIGHTS}`))
  const channels = config?.['block_out_channels']
  if (config === null || files.length === 0 || !isNumbers(channels)) return null
  const copied = sum(files.flatMap((values) => COPIED.map((part) => values[part] ?? 0)))
  const layers = config['layers_per_block'] ?? 2
  if (copied === 0 || typeof layers !== 'number') return null
  return copied + countZeroConvolutions(channels, layers) + countConditionEmbedding(channels[0]!)
}

/** One convolution of 1 × 1 for each output of the encoder: the first, each layer, each halving, and the middle. */
function countZeroConvolutions(channels: readonly number[], layers: number): number {
  const outputs = channels.flatMap((width, block) => {
    const halving = block < channels.length - 1 ? 1 : 0
    return Array.from({ length: layers + halving }, () => width)
  })
  return sum([channels[0]!, ...outputs, channels.at(-1)!].map((width) => convolution(width, width, 1)))
}

/** Widths of the layers that read the conditioning image: diffusers' default, which both engines take. */
const CONDITION_WIDTHS = [16, 32, 96, 256]

function countConditionEmbedding(width: number): number {
  const steps = CONDITION_WIDTHS.slice(0, -1).flatMap((from, index) => [
    convolution(from, from, 3),
    convolution(from, CONDITION_WIDTHS[index + 1]!, 3),
  ])
  return (
    convolution(3, CONDITION_WIDTHS[0]!, 3) + sum(steps) + convolution(CONDITION_WIDTHS.at(-1)!, width, 3)
  )
}

const convolution = (from: number, to: number, side: number): number => from * to * side * side + to

/** How diffusers names files of weights. */
const WEIGHTS = 'diffusion_pytorch_model'

/** Values of the plain weight files whose path begins so, else of those of a variant. */
function weightsIn({ files }: ModelFact, stem: string): Record<string, NonNullable<ModelFileFact['values']>> {
  const found = Object.entries(files).filter(
    ([path, { values }]) => values !== undefined && path.startsWith(stem) && !path.includes('non_ema'),
  )
  const isVariant = ([path]: [string, ModelFileFact]): boolean => /\.(fp16|bf16)[.-]/.test(path)
  const isPart = ([path]: [string, ModelFileFact]): boolean => /-\d{5}-of-\d{5}/.test(path)
  const plain = found.some((file) => !isVariant(file)) ? found.filter((file) => !isVariant(file)) : found
  const single = plain.filter((file) => !isPart(file))
  return Object.fromEntries((single.length > 0 ? single : plain).map(([path, { values }]) => [path, values!]))
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number')

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
