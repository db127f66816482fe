/** What a path names that should be a pipeline's folder. */
import { posix } from 'node:path'
import type { ModelFact } from '../../types.ts'
import type { ModelProblem } from './model-files.ts'

const LAYOUT = "a folder in diffusers' layout"
export const NAME_ONE =
  'Name a folder written by save_pretrained() of a Stable Diffusion 1.x or 2.x pipeline.'

/** Returns what the path names, if not a pipeline's folder; null when it may be one. */
export function checkPlace({ folder, kind, reason, files, folders }: ModelFact): ModelProblem | null {
  const base = { file: null, expected: LAYOUT, isDamage: false }
  if (kind === 'missing') return { ...base, found: 'is not there', remedy: NAME_ONE }
  if (kind === 'unreadable')
    return {
      ...base,
      found: `can't be read (${reason})`,
      remedy: 'Look at its permissions, and at the disk.',
    }
  const checkpoint = kind === 'file' ? posix.basename(folder) : Object.keys(files).find(isCheckpoint)
  if (kind === 'file') {
    const found = isCheckpoint(folder) ? 'is a checkpoint in one file' : 'is a file'
    return { ...base, found, remedy: isCheckpoint(folder) ? convert(folder) : NAME_ONE }
  }
  if ('model_index.json' in files) return null
  if (folders.includes('snapshots'))
    return {
      ...base,
      found: "is a folder of the Hub's cache",
      remedy: 'Name the commit in it: snapshots/<commit>',
    }
  if (checkpoint === undefined) return { ...base, found: 'has no model_index.json', remedy: NAME_ONE }
  const found = `has no model_index.json, but a checkpoint in one file, ${checkpoint}`
  return { ...base, found, remedy: convert(posix.join(folder, checkpoint)) }
}

const isCheckpoint = (name: string): boolean => /\.(safetensors|ckpt)$/.test(name)

function convert(file: string): string {
  const target = file.replace(/\.\w+$/, '-diffusers')
  return (
    `Convert it with diffusers: StableDiffusionPipeline.from_single_file('${file}').save_pretrained('${target}'), ` +
    `then name that folder.`
  )
}
