/** Whether a folder is a ControlNet that a training can start from. */
import { isDeepStrictEqual } from 'node:util'
import type { ModelFact } from '../../observed-model.ts'
import { checkClass, readConfig, readNumber, unfit } from './base-model-fit.ts'
import { checkFiles, checkWithoutWeights, listWeights, type ModelProblem } from './model-files.ts'

const FOLDER = 'a folder with config.json and diffusion_pytorch_model.safetensors'

/** Returns what is wrong with it; nothing when it can be used. `base` is the model that it is trained for, as far as known. */
export function findControlnetProblems(model: ModelFact, base: ModelFact | null): ModelProblem[] {
  const misplaced = checkFolder(model)
  if (misplaced !== null) return [misplaced]
  const { files } = model
  const paths = listWeights(files, { prefix: '', library: 'diffusers', variant: null })
  return [
    ...checkFiles(files, ['config.json']),
    ...checkConfig(files),
    ...(base === null ? [] : checkFit(files, base.files)),
    ...(paths === null ? [checkWithoutWeights(files, '')] : checkFiles(files, paths)),
  ]
}

function checkFolder({ folder, kind, reason, files, folders }: ModelFact): ModelProblem | null {
  const base = { file: null, expected: FOLDER, isDamage: false }
  if (kind === 'missing') return { ...base, found: 'is not there', remedy: `Name ${FOLDER}.` }
  if (kind === 'unreadable')
    return {
      ...base,
      found: `can't be read (${reason})`,
      remedy: 'Look at its permissions, and at the disk.',
    }
  if (kind === 'file') {
    const target = folder.replace(/\.\w+$/, '-diffusers')
    const remedy = `Convert it with diffusers: ControlNetModel.from_single_file('${folder}').save_pretrained('${target}'), then name that folder.`
    return { ...base, found: 'is one file', remedy }
  }
  if ('config.json' in files || !folders.includes('controlnet')) return null
  return { ...base, found: 'is a checkpoint', remedy: 'Name the folder controlnet in it.' }
}

const OTHER = 'Name a ControlNet of diffusers that takes pictures as conditions.'

function checkConfig(files: ModelFact['files']): ModelProblem[] {
  const file = 'config.json'
  const config = readConfig(files, file)
  if (config === null) return []
  const wrong = checkClass(config, file, 'ControlNetModel')
  if (wrong.length > 0) return wrong.map((problem) => ({ ...problem, remedy: OTHER }))
  const channels = readNumber(config, 'conditioning_channels')
  if (channels === 3) return []
  return [unfit(file, `has conditioning_channels ${String(channels)}`, 'conditioning_channels 3', OTHER)]
}

/** A ControlNet adds to what the base's UNet computes, so their sizes are the same. */
const SHARED = ['in_channels', 'cross_attention_dim'] as const

function checkFit(files: ModelFact['files'], base: ModelFact['files']): ModelProblem[] {
  const [own, unet] = [readConfig(files, 'config.json'), readConfig(base, 'unet/config.json')]
  if (own === null || unet === null || own['_class_name'] !== 'ControlNetModel') return []
  const pairs: [string, unknown, unknown][] = [
    ...SHARED.map((key): [string, unknown, unknown] => [key, readNumber(own, key), readNumber(unet, key)]),
    ['block_out_channels', own['block_out_channels'], unet['block_out_channels']],
  ]
  const remedy =
    'Name a ControlNet that was trained for this base model, or the base model that it was trained for.'
  return pairs
    .filter(
      ([, found, wanted]) => found !== undefined && wanted !== undefined && !isDeepStrictEqual(found, wanted),
    )
    .map(([key, found, wanted]) =>
      unfit(
        'config.json',
        `has ${key} ${JSON.stringify(found)}`,
        `${JSON.stringify(wanted)} as the base model`,
        remedy,
      ),
    )
}
