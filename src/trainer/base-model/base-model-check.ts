/** Whether a folder is a base model that a ControlNet can be trained for: Stable Diffusion 1.x or 2.x in diffusers' layout. */
import type { ModelFact } from '../../types.ts'
import { checkUnet, checkTextEncoder, checkScheduler, checkVae } from './base-model-fit.ts'
import { checkPlace, NAME_ONE } from './base-model-place.ts'
import { checkWeights, WITH_WEIGHTS } from './base-model-weights.ts'
import { checkFiles, type ModelProblem } from './model-files.ts'
import { componentClass, namedComponents, readMapping } from './model-index.ts'

const REQUIRED = ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler']

/** Returns what is wrong with it; nothing when it can be used. */
export function findBaseModelProblems(model: ModelFact): ModelProblem[] {
  const misplaced = checkPlace(model)
  if (misplaced !== null) return [misplaced]
  const { files } = model
  const index = checkFiles(files, ['model_index.json'])
  if (index.length > 0) return index
  const json = files['model_index.json']!.json
  const family = findLaterFamily(json)
  if (family !== null) return [refuseFamily(family)]
  const named = namedComponents(json)
  return [
    ...REQUIRED.filter((part) => !named.includes(part)).map(unnamed),
    ...named.flatMap((part) => checkComponent(model, part)),
    ...[checkUnet, checkTextEncoder, checkVae, checkScheduler].flatMap((check) => check(files)),
  ]
}

/** Families that come later: told by the name of the pipeline's class, or by a part that only they have. */
const LATER_FAMILIES = [
  { name: 'Stable Diffusion XL', pipeline: /^StableDiffusionXL/, part: 'text_encoder_2', is: /./ },
  { name: 'Stable Diffusion 3', pipeline: /^StableDiffusion3/, part: 'transformer', is: /^SD3Transformer/ },
  { name: 'Flux', pipeline: /^Flux/, part: 'transformer', is: /^FluxTransformer/ },
] as const

/** Name of a family of models that can't be trained for yet; null for what may be one that can. */
function findLaterFamily(index: unknown): string | null {
  const found = readMapping(index)['_class_name']
  const pipeline = typeof found === 'string' ? found : null
  const called = pipeline ?? 'this pipeline'
  const family =
    LATER_FAMILIES.find((each) => pipeline !== null && each.pipeline.test(pipeline)) ??
    LATER_FAMILIES.findLast((each) => each.is.test(componentClass(index, each.part) ?? ''))
  if (family !== undefined) return `${family.name} (${called})`
  return componentClass(index, 'transformer') === null ? null : called
}

function refuseFamily(family: string): ModelProblem {
  return {
    file: null,
    found: `is ${family}, which is not available yet`,
    expected: 'a Stable Diffusion 1.x or 2.x pipeline',
    remedy: 'Name another base model, such as { repo: stable-diffusion-v1-5/stable-diffusion-v1-5 }.',
    isDamage: false,
  }
}

function unnamed(part: string): ModelProblem {
  const found = `names no ${part}`
  return { file: 'model_index.json', found, expected: `a ${part}`, remedy: NAME_ONE, isDamage: false }
}

function checkComponent(model: ModelFact, part: string): ModelProblem[] {
  const { files } = model
  if (!model.folders.includes(part))
    return [
      { ...checkFiles({}, [part])[0]!, file: `${part}/`, expected: 'the folder that model_index.json names' },
    ]
  const config = CONFIGS[part]
  if (config !== undefined) return checkFiles(files, [`${part}/${config}`])
  if (part === 'tokenizer') return checkTokenizer(files)
  const library =
    part === 'image_encoder' ? 'transformers' : WITH_WEIGHTS.find(([name]) => name === part)?.[1]
  return [
    ...checkFiles(files, [`${part}/config.json`]),
    ...(library === undefined ? [] : checkWeights(model, part, library)),
  ]
}

const CONFIGS: Readonly<Record<string, string>> = {
  scheduler: 'scheduler_config.json',
  feature_extractor: 'preprocessor_config.json',
}

/** Either the file with all in it, or vocabulary and merges. */
function checkTokenizer(files: ModelFact['files']): ModelProblem[] {
  const whole = 'tokenizer/tokenizer.json'
  const needed = whole in files ? [whole] : ['tokenizer/vocab.json', 'tokenizer/merges.txt']
  const others = ['vocab.json', 'merges.txt', 'tokenizer_config.json', 'special_tokens_map.json']
  const there = others.map((name) => `tokenizer/${name}`).filter((path) => path in files)
  return checkFiles(files, [...new Set([...needed, ...there])])
}
