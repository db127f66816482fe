/**
 * Floating-point operations of a training, counted for Stable Diffusion 1.5 at 512 px on shape-only tensors with PyTorch's counter, and
 * scaled from there: each network by its number of values, pictures by their area. Pure.
 */

/** Numbers of values of the networks. */
export interface NetworkSizes {
  readonly unet: number
  readonly vae: number
  readonly textEncoder: number
  readonly controlnet: number
}

export interface SampleWork {
  readonly model: NetworkSizes
  /** Side of the pictures in pixels. */
  readonly resolution: number
  readonly cachesLatents: boolean
  readonly cachesCaptions: boolean
  readonly checkpointsControlnet: boolean
  readonly checkpointsUnet: boolean
}

const SD15: NetworkSizes = {
  unet: 859_520_964,
  vae: 83_653_863,
  textEncoder: 123_060_480,
  controlnet: 361_279_120,
}

/** One picture forward through each network, and backward; 1e9 operations, a multiply-add counts as two. */
const GIGA_OPERATIONS = {
  vaeEncode: 1116.7,
  vaeDecode: 2514.5,
  text: 13.3,
  unetForward: 803.3,
  /** Through the decoder alone: the UNet's weights are frozen. */
  unetBackward: 613.7,
  controlnetForward: 283.3,
  controlnetBackward: 564.9,
  /** What is computed twice with gradient checkpointing. */
  controlnetAgain: 183.7,
  unetAgain: 613.7,
}

/** Operations of one training sample: forward, backward, and what caches save or checkpointing repeats. */
export function countSampleOperations(work: SampleWork): number {
  const { model, resolution } = work
  const count = GIGA_OPERATIONS
  const share = shares(model)
  const unet = count.unetForward + count.unetBackward + (work.checkpointsUnet ? count.unetAgain : 0)
  const controlnet =
    count.controlnetForward +
    count.controlnetBackward +
    (work.checkpointsControlnet ? count.controlnetAgain : 0)
  const perArea =
    unet * share.unet + controlnet * share.controlnet + (work.cachesLatents ? 0 : count.vaeEncode * share.vae)
  const text = work.cachesCaptions ? 0 : count.text * share.textEncoder
  return 1e9 * (perArea * area(resolution) + text)
}

/** Operations of one generated picture: `steps` denoising steps with guidance, so each network runs twice a step. */
export function countPictureOperations(model: NetworkSizes, resolution: number, steps: number): number {
  const share = shares(model)
  const step = GIGA_OPERATIONS.unetForward * share.unet + GIGA_OPERATIONS.controlnetForward * share.controlnet
  return 1e9 * area(resolution) * (2 * steps * step + GIGA_OPERATIONS.vaeDecode * share.vae)
}

function area(resolution: number): number {
  return (resolution / 512) ** 2
}

function shares(model: NetworkSizes): NetworkSizes {
  return {
    unet: model.unet / SD15.unet,
    vae: model.vae / SD15.vae,
    textEncoder: model.textEncoder / SD15.textEncoder,
    controlnet: model.controlnet / SD15.controlnet,
  }
}
