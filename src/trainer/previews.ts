import type { Config, Paths, TrainingMaths } from '../types.ts'

/** Each preview costs 20 denoising steps and, with several processes, makes the others wait. */
const MAX_PREVIEWS = 4

const STANDARD_PROMPT = 'a high-quality picture'

/** File of a held-out conditioning image, written before the training starts. */
export function conditionPath(paths: Paths, index: number): string {
  return `${paths.run}/validation/${String(index).padStart(3, '0')}.png`
}

/** What previews, and the picture that verifies the model, are asked for. Captions of a dataset are not known yet. */
export function previewPrompt(config: Config): string {
  const { captions } = config.dataset
  return 'template' in captions && captions.template.trim() !== '' ? captions.template : STANDARD_PROMPT
}

/**
 * A prompt for each of some held-out conditions; nothing when none is held out. TensorBoard calls a picture by its prompt, so no two
 * are equal; blanks at the end are no words to the text encoder.
 */
export function planPreviews(config: Config, paths: Paths, training: TrainingMaths) {
  const count = training.previews.count > 0 ? Math.min(MAX_PREVIEWS, training.validation_rows) : 0
  const images = Array.from({ length: count }, (_, index) => conditionPath(paths, index))
  const prompts = images.map((_, index) => `${previewPrompt(config)}${' '.repeat(index)}`)
  return { prompts, images }
}

/** One of the two things that a preview is drawn from. */
export interface PreviewPair {
  readonly prompt: string
  /** File of the conditioning image. */
  readonly condition: string
}

/** The pairs in the order in which the trainer draws them. */
export function previewPairs({ prompts, images }: ReturnType<typeof planPreviews>): PreviewPair[] {
  return images.map((condition, index) => ({ prompt: prompts[index] ?? prompts[0] ?? '', condition }))
}

/** File name of one preview; `index` counts over all that are drawn at that step. */
export function previewName(step: number, index: number): string {
  return `step-${String(step).padStart(6, '0')}-${index}.png`
}

export interface Cell {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** TensorBoard's writer puts so many pictures into a row. */
const CELLS_IN_A_ROW = 8

/** Where the results lie in a picture of the conditioning image and `results` results, all of one size, row by row. */
export function previewCells(width: number, height: number, results: number): Cell[] {
  const columns = Math.min(results + 1, CELLS_IN_A_ROW)
  const rows = Math.ceil((results + 1) / columns)
  const cell = { width: Math.floor(width / columns), height: Math.floor(height / rows) }
  return Array.from({ length: results }, (_, index) => {
    const place = index + 1
    return { ...cell, left: (place % columns) * cell.width, top: Math.floor(place / columns) * cell.height }
  })
}
