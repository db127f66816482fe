/** The weight files of a pipeline: which of them are loaded, and whether they are whole. */
import type { Facts, ModelFact } from '../types.ts'
import { checkFiles, checkWithoutWeights, listWeights, WRITE_ANEW, type ModelProblem } from './model-files.ts'

/** What the training loads. */
export const WITH_WEIGHTS = [
  ['unet', 'diffusers'],
  ['vae', 'diffusers'],
  ['text_encoder', 'transformers'],
] as const

/**
 * Returns the variant of the weight files to load: `fp16` when it is there for the text encoder and the plain names are not there
 * for all. Diffusers takes the plain name where a variant is missing, transformers does not.
 */
export function baseModelVariant({ baseModel }: Pick<Facts, 'baseModel'>): string | null {
  return baseModel === null ? null : chooseVariant(baseModel)
}

function chooseVariant({ files }: ModelFact): string | null {
  const has = (variant: string | null) =>
    WITH_WEIGHTS.map(
      ([part, library]) => listWeights(files, { prefix: `${part}/`, library, variant }) !== null,
    )
  const plain = has(null)
  if (plain.every(Boolean)) return null
  const found = VARIANTS.find((variant) => {
    const own = has(variant)
    return own[2] === true && own.every((there, index) => there || plain[index] === true)
  })
  return found ?? null
}

const VARIANTS = ['fp16', 'bf16']

/** Problems of the weights of one part. */
export function checkWeights(
  model: ModelFact,
  part: string,
  library: 'diffusers' | 'transformers',
): ModelProblem[] {
  const { files } = model
  const prefix = `${part}/`
  const variant = chooseVariant(model)
  const paths =
    listWeights(files, { prefix, library, variant }) ??
    (variant === null ? null : listWeights(files, { prefix, library, variant: null }))
  if (paths !== null) return checkFiles(files, paths)
  const problem = checkWithoutWeights(files, prefix)
  const isMixed = /\.(fp16|bf16)\.safetensors alone$/.test(problem.found)
  return [isMixed ? { ...problem, remedy: `Other parts lack this variant. ${WRITE_ANEW}` } : problem]
}
