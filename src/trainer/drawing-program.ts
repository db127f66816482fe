/** What `python/generate.py` is asked and answers, and the command that starts it. */
import { deviceEnvironment, planDevice } from '../environment/device.ts'
import type { Command, PlanContext } from '../types.ts'
import { baseModelVariant } from './base-model/base-model-weights.ts'
import { planPythonCommand } from './launch-command.ts'

export interface DrawJob {
  readonly kind: 'draw'
  /** Folder with the ControlNet. */
  readonly controlnet: string
  /** Conditioning image: a file of `width` × `height` pixels. */
  readonly condition: string
  readonly prompt: string
  readonly negative_prompt: string
  readonly seed: number
  /** Guidance scale. */
  readonly guidance: number
  /** Conditioning scale: 0 leaves the condition out. */
  readonly scale: number
  /** Denoising steps. */
  readonly steps: number
  readonly width: number
  readonly height: number
  /** PNG file to write. */
  readonly output: string
}

/** Puts a picture through the VAE and back. */
interface RoundTripJob {
  readonly kind: 'round_trip'
  readonly picture: string
  readonly width: number
  readonly height: number
  readonly output: string
}

export type DrawingJob = DrawJob | RoundTripJob

/** Its first line. */
export interface DrawingProgramFacts {
  readonly device: string
  readonly precision: string
  readonly scheduler: string
  readonly versions: Readonly<Record<string, string>>
}

/** Both sides of the VAE's factor: pictures have sides that are multiples of it. */
export const SIDE_MULTIPLE = 8

export function planDrawingProgram({
  config,
  facts,
  paths,
}: Pick<PlanContext, 'config' | 'facts' | 'paths'>): Command {
  const { device, gpus } = planDevice(config, facts)
  const variant = baseModelVariant(facts)
  const args = [
    `--base_model=${paths.baseModel}`,
    ...(variant === null ? [] : [`--variant=${variant}`]),
    ...(device === 'cpu' ? ['--device=cpu'] : []),
  ]
  return planPythonCommand({ config, paths }, 'generate.py', {
    args,
    environment: deviceEnvironment({ device, gpus }),
  })
}
