/** All kinds of conditions. A new one is a file beside this one and a line in CONDITIONS: docs/conditions.md. */
import { canny } from './canny.ts'
import { colorPalette } from './color-palette.ts'
import type { Condition } from './condition.ts'
import { faceLandmarks } from './face-landmarks.ts'
import { images } from './images.ts'

export type { AnyPicture, Condition, ConditionConfig, RenderInput } from './condition.ts'

export const CONDITIONS: Readonly<Record<Condition['kind'], Condition>> = {
  'face-landmarks': faceLandmarks,
  canny,
  'color-palette': colorPalette,
  images,
}

export function conditionOf(kind: Condition['kind']): Condition {
  return CONDITIONS[kind]
}
