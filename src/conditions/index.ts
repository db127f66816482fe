/** The list of condition kinds. To add one, add a file beside this one and a line in CONDITIONS (see CONTRIBUTING.md). */
import { canny } from './canny.ts'
import { colorPalette } from './color-palette.ts'
import type { Condition } from './condition.ts'
import { faceLandmarks } from './face-landmarks.ts'
import { images } from './images.ts'

export type { Condition, ConditionConfig, RenderInput } from './condition.ts'

/** The first one is the default. */
export const CONDITIONS = [faceLandmarks, canny, colorPalette, images] as const satisfies readonly Condition[]

export type ConditionKind = (typeof CONDITIONS)[number]['kind']

export const CONDITION_KINDS: readonly ConditionKind[] = CONDITIONS.map(({ kind }) => kind)

/** Kinds whose conditioning image the kit draws. */
export const DRAWN_KINDS: readonly ConditionKind[] = CONDITIONS.flatMap(({ kind, render }) =>
  render ? [kind] : [],
)

export const DEFAULT_KIND: ConditionKind = CONDITIONS[0].kind

/** Kinds that are drawn from landmarks of faces. */
export const LANDMARK_KINDS: readonly ConditionKind[] = CONDITIONS.flatMap(({ kind, from }) =>
  from === 'landmarks' ? [kind] : [],
)

export function conditionOf(kind: ConditionKind): Condition {
  return CONDITIONS.find((condition) => condition.kind === kind)!
}
