/** A ControlNet begins as a copy of the base model's weights and so inherits its licence. */
import type { Licence } from './base-model-spec.ts'

export function inheritedLicence(id: string): Licence {
  const words = `It began as a copy of the base model's weights and is under the same licence, ${id}.`
  return { id, words }
}

export const UNKNOWN_LICENCE: Licence = {
  id: 'other',
  name: 'as-the-base-model',
  words:
    "It began as a copy of the base model's weights: that model's licence holds for it too. Fill it in above.",
}
