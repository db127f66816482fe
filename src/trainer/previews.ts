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

/** One prompt for some of the held-out conditions; nothing when none is held out. */
export function planPreviews(config: Config, paths: Paths, training: TrainingMaths) {
  const count = training.previews.count > 0 ? Math.min(MAX_PREVIEWS, training.validation_rows) : 0
  const images = Array.from({ length: count }, (_, index) => conditionPath(paths, index))
  return { prompts: count > 0 ? [previewPrompt(config)] : [], images }
}
