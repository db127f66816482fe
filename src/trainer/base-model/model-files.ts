/** Which files hold the weights of a model, and what is wrong with files. */
import { shellCommand } from '../../next-step.ts'
import type { ModelFact, ModelFileDamage } from '../../observed-model.ts'
import { readMapping } from './model-index.ts'
import { formatAmount } from '../../words.ts'

/** Why a model can't be used. `file` is relative to the model's folder; null when it is about the folder. */
export interface ModelProblem {
  readonly file: string | null
  /** Goes on where the file's or the folder's name ends: `is empty`. */
  readonly found: string
  readonly expected: string
  readonly remedy: string
  /** The model is the right one, but its files are not whole: another copy would do. */
  readonly isDamage: boolean
}

export interface Weights {
  /** Folder of the component with a `/` behind; empty for a model of its own. */
  readonly prefix: string
  readonly library: 'diffusers' | 'transformers'
  /** `fp16` in `model.fp16.safetensors`; null for the plain name. */
  readonly variant: string | null
}

type Files = ModelFact['files']

/** Paths of the weights and of the index that lists them, there or not; null where there is neither. */
export function listWeights(files: Files, { prefix, library, variant }: Weights): string[] | null {
  const stem = `${prefix}${WEIGHT_NAMES[library]}`
  const ending = variant === null ? '' : `.${variant}`
  const single = `${stem}${ending}.safetensors`
  const index = `${stem}.safetensors.index${ending}.json`
  // Where both are there, diffusers takes the shards, transformers the single file.
  const takesSingle = single in files && (library === 'transformers' || !(index in files))
  if (takesSingle) return [single]
  if (!(index in files)) return null
  const shards = Object.values(readMapping(readMapping(files[index]!.json)['weight_map']))
  return [index, ...new Set(shards.map((name) => `${prefix}${String(name)}`))]
}

const WEIGHT_NAMES = { diffusers: 'diffusion_pytorch_model', transformers: 'model' } as const

/** Problems of files that must be there. */
export function checkFiles(files: Files, paths: readonly string[]): ModelProblem[] {
  return paths.flatMap((path) => {
    const file = files[path]
    if (file === undefined) return [missing(path)]
    return file.damage === null ? [] : [damaged(path, file.sizeBytes, file.damage)]
  })
}

/** Tells what is there instead of weights that can be taken. */
export function checkWithoutWeights(files: Files, prefix: string): ModelProblem {
  const own = Object.keys(files)
    .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
    .map((path) => path.slice(prefix.length))
  const base = {
    file: prefix === '' ? null : prefix,
    expected: 'whole weights as safetensors',
    isDamage: false,
  }
  const shards = own.some((name) => /-\d{5}-of-\d{5}\.safetensors$/.test(name))
  if (shards) {
    const remedy = 'Copy the index as well: its name ends in .safetensors.index.json.'
    return {
      ...base,
      isDamage: true,
      found: `has parts of weights without their index`,
      remedy,
    }
  }
  const variant = own.find((name) => /^(diffusion_pytorch_)?model\.\w+\.safetensors$/.test(name))
  if (variant !== undefined)
    return { ...base, found: `has its weights as ${variant} alone`, remedy: WRITE_ANEW }
  const pickle = own.find((name) => /\.(bin|ckpt|pt|pth)$/.test(name))
  if (pickle === undefined) return { ...base, isDamage: true, found: `has no weights`, remedy: COPY_AGAIN }
  const remedy = `The trainer would load ${pickle}, but such a file can hold a program. ${WRITE_ANEW}`
  return { ...base, found: `has its weights as ${pickle} alone`, remedy }
}

export const WRITE_ANEW =
  'Load it in diffusers and write it anew: save_pretrained() of a pipeline or model writes whole safetensors.'

const COPY_AGAIN = 'Copy or download the model again.'

function missing(file: string): ModelProblem {
  return { file, found: 'is missing', expected: 'a file', remedy: COPY_AGAIN, isDamage: true }
}

function damaged(file: string, sizeBytes: number, damage: ModelFileDamage): ModelProblem {
  return {
    file,
    isDamage: true,
    expected: 'the whole file',
    remedy: COPY_AGAIN,
    ...describe(sizeBytes, damage),
  }
}

function describe(
  sizeBytes: number,
  damage: ModelFileDamage,
): Pick<ModelProblem, 'found'> & Partial<ModelProblem> {
  switch (damage.kind) {
    case 'lfs-pointer':
      return {
        found: 'is a Git LFS pointer, not the file itself',
        remedy: `Fetch the files; in the folder of the model: ${shellCommand('git lfs install && git lfs pull')}`,
      }
    case 'dangling':
      return { found: `is a link to nothing (${damage.target})` }
    case 'unreadable':
      return {
        found: `can't be read (${damage.reason})`,
        remedy: 'Look at its permissions, and at the disk.',
      }
    case 'size':
      return {
        found: `has ${formatAmount(sizeBytes, 'byte')}, its header says ${formatAmount(damage.expectedBytes, 'byte')}`,
      }
    case 'empty':
      return { found: 'is empty' }
    case 'no-file':
      return { found: 'is no file' }
    case 'not-json':
      return { found: 'is no JSON' }
    case 'not-safetensors':
      return { found: 'is no safetensors file, or cut off in its header' }
  }
}
