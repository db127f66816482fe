import type { Config } from '../types.ts'

export interface Licence {
  /** As the Hub spells it. */
  readonly id: string
  /** For `other`. */
  readonly name?: string
  readonly words: string
}

/** Repositories whose licence is known; a ControlNet begins as a copy of the base model's weights and so inherits it. */
const REPOSITORIES: readonly (readonly [RegExp, string])[] = [
  [/^(stable-diffusion-v1-5|runwayml|CompVis)\/stable-diffusion-v1-/, 'creativeml-openrail-m'],
  [/\/stable-diffusion-2(-|$)/, 'openrail++'],
]

/** The licence that a ControlNet trained on this base model is under. */
export function baseModelLicence(base: Config['base_model']): Licence {
  if ('generated' in base) {
    return { id: 'apache-2.0', words: 'The base model has random weights: no picture of it shows anything.' }
  }
  const id = 'repo' in base ? REPOSITORIES.find(([pattern]) => pattern.test(base.repo))?.[1] : undefined
  if (id !== undefined) {
    return {
      id,
      words: `It began as a copy of the base model's weights and is under the same licence, ${id}.`,
    }
  }
  return {
    id: 'other',
    name: 'as-the-base-model',
    words:
      "It began as a copy of the base model's weights: that model's licence holds for it too. Fill it in above.",
  }
}
