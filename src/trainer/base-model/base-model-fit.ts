/** Whether the parts of a pipeline are those of Stable Diffusion 1.x or 2.x, and fit each other. */
import type { ModelFact } from '../../observed-model.ts'
import type { ModelProblem } from './model-files.ts'
import { readMapping } from './model-index.ts'

type Files = ModelFact['files']
type Json = Readonly<Record<string, unknown>>

/** Null where the file is missing or damaged: that is told elsewhere. */
export function readConfig(files: Files, path: string): Json | null {
  const json = files[path]?.json
  return json === undefined ? null : readMapping(json)
}

/** What diffusers assumes where a config does not say. */
const DEFAULTS = { in_channels: 4, cross_attention_dim: 1280, latent_channels: 4, conditioning_channels: 3 }

export function readNumber(config: Json, key: keyof typeof DEFAULTS): unknown {
  return config[key] ?? DEFAULTS[key]
}

const show = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? 'nothing'
      : JSON.stringify(value)

const OTHER = 'Name the text-to-image model of Stable Diffusion 1.x or 2.x that it was made from.'

/** A config that says something else than it must. */
export function unfit(file: string, found: string, expected: string, remedy = OTHER): ModelProblem {
  return { file, found, expected, remedy, isDamage: false }
}

export function checkClass(config: Json, file: string, expected: string): ModelProblem[] {
  const found = config['_class_name']
  return found === expected ? [] : [unfit(file, `is of ${show(found)}`, expected)]
}

/** UNets with one of these take more than noise, step and text. */
const EXTRA_INPUTS = ['addition_embed_type', 'class_embed_type', 'encoder_hid_dim_type']

export function checkUnet(files: Files): ModelProblem[] {
  const file = 'unet/config.json'
  const config = readConfig(files, file)
  if (config === null) return []
  const wrong = checkClass(config, file, 'UNet2DConditionModel')
  if (wrong.length > 0) return wrong
  const channels = readNumber(config, 'in_channels')
  const extra = EXTRA_INPUTS.find((key) => (config[key] ?? null) !== null)
  return [
    ...(channels === 4
      ? []
      : [unfit(file, `has in_channels ${describeChannels(channels)}`, 'in_channels 4')]),
    ...(extra === undefined ? [] : [unfit(file, `has ${extra} ${show(config[extra])}`, `no ${extra}`)]),
  ]
}

const describeChannels = (channels: unknown): string =>
  channels === 9
    ? '9: an inpainting model'
    : channels === 8
      ? '8: a model that edits pictures'
      : show(channels)

export function checkTextEncoder(files: Files): ModelProblem[] {
  const file = 'text_encoder/config.json'
  const config = readConfig(files, file)
  if (config === null) return []
  const classes: unknown = config['architectures']
  const found: unknown = Array.isArray(classes) ? classes[0] : null
  if (found !== 'CLIPTextModel')
    return [unfit(file, `names ${show(found)} in architectures`, 'CLIPTextModel')]
  const unet = readConfig(files, 'unet/config.json')
  if (unet === null) return []
  const [width, wanted] = [config['hidden_size'], readNumber(unet, 'cross_attention_dim')]
  if (width === wanted) return []
  const expected = `${show(wanted)}, the cross_attention_dim of the UNet`
  return [unfit(file, `has hidden_size ${show(width)}`, expected, 'Take both from the same model.')]
}

export function checkVae(files: Files): ModelProblem[] {
  const file = 'vae/config.json'
  const config = readConfig(files, file)
  if (config === null) return []
  const channels = readNumber(config, 'latent_channels')
  return [
    ...checkClass(config, file, 'AutoencoderKL'),
    ...(channels === 4 ? [] : [unfit(file, `has latent_channels ${show(channels)}`, 'latent_channels 4')]),
  ]
}

/** What the UNet predicts. Both engines train either. */
const PREDICTIONS: Readonly<Record<string, string>> = {
  epsilon: 'noise',
  v_prediction: 'velocity (v-prediction)',
}

const SCHEDULER = 'scheduler/scheduler_config.json'

function predictionType(config: Json): string {
  const found = config['prediction_type'] ?? 'epsilon'
  return typeof found === 'string' ? found : show(found)
}

export function checkScheduler(files: Files): ModelProblem[] {
  const config = readConfig(files, SCHEDULER)
  const found = config === null ? 'epsilon' : predictionType(config)
  if (found in PREDICTIONS) return []
  return [unfit(SCHEDULER, `has prediction_type ${found}`, Object.keys(PREDICTIONS).join(' or '))]
}

/** `predicts velocity (v-prediction)` */
export function describePrediction(files: Files): string {
  return `predicts ${PREDICTIONS[predictionType(readConfig(files, SCHEDULER) ?? {})] ?? 'something else'}`
}
