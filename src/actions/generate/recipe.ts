/** How a picture was drawn, kept in its PNG file. No path of this machine is in it. */
import { basename } from 'node:path'
import type { DrawingProgramFacts, DrawJob } from '../../trainer/drawing-program.ts'
import type { Config } from '../../types.ts'
import type { GenerateRequest } from './generate-request.ts'

/** Keyword of the text chunk; its text is JSON. */
export const RECIPE_KEYWORD = 'controlnet-kit'

export interface DrawnBy {
  readonly kitVersion: string
  /** Id of the run, or name of the ControlNet's folder. */
  readonly model: string
  /** Optimiser step; null where it is not known. */
  readonly step: number | null
  /** Commit of the base model's repository; null where it has none. */
  readonly baseCommit: string | null
}

interface Drawn {
  readonly request: GenerateRequest
  readonly drawnBy: DrawnBy
  readonly facts: DrawingProgramFacts
  readonly config: Config
}

export function planRecipe(job: DrawJob, { request, drawnBy, facts, config }: Drawn) {
  const { base_model: base, condition } = config
  return {
    v: 1,
    kit_version: drawnBy.kitVersion,
    model: drawnBy.model,
    step: drawnBy.step,
    base_model:
      'repo' in base ? base.repo : 'folder' in base ? basename(base.folder) : Object.values(base)[0],
    base_commit: drawnBy.baseCommit,
    condition: condition.kind,
    input: basename(request.input.file),
    prompt: job.prompt,
    negative_prompt: job.negative_prompt,
    seed: job.seed,
    num_inference_steps: job.steps,
    guidance_scale: job.guidance,
    controlnet_conditioning_scale: job.scale,
    width: job.width,
    height: job.height,
    scheduler: facts.scheduler,
    device: facts.device,
    precision: facts.precision,
    versions: facts.versions,
  }
}
