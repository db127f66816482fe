/** The weight files of a pipeline: which of them are loaded, and whether they are whole. */
import type { Facts, ModelFact } from '../../types.ts'
import { checkFiles, checkWithoutWeights, listWeights, WRITE_ANEW, type ModelProblem } from './model-files.ts'

/** What the training loads. */
export const WITH_WEIGHTS = [
  ['unet', 'diffusers'],
  ['vae', 'diffusers'],
  ['text_encoder', 'transformers'],
] as const

/**
 * Returns the variant of the weight files to load: `fp16` when each part has it, and not each the plain name. The trainer loads all
 * parts with one variant, and none by another name.
 */
export function baseModelVariant({ baseModel }: Pick<Facts, 'baseModel'>): string | null {
  return baseModel === null ? null : chooseVariant(baseModel)
}

function chooseVariant(model: ModelFact): string | null {
  if (hasVariant(model, null)) return null
  return VARIANTS.find((variant) => hasVariant(model, variant)) ?? null
}

/** Whether each part has its weights in this variant; null: without one. */
export function hasVariant({ files }: ModelFact, variant: string | null): boolean {
  return WITH_WEIGHTS.every(
    ([part, library]) => listWeights(files, { prefix: `${part}/`, library, variant }) !== null,
  )
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
  const paths = listWeights(files, { prefix, library, variant: chooseVariant(model) })
  if (paths !== null) return checkFiles(files, paths)
  const problem = checkWithoutWeights(files, prefix)
  const isMixed = /\.(fp16|bf16)\.safetensors alone$/.test(problem.found)
  return [isMixed ? { ...problem, remedy: `Other parts lack this variant. ${WRITE_ANEW}` } : problem]
}
