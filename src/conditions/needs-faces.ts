import { conditionOf, type ConditionKind } from './index.ts'

interface Asked {
  readonly condition: { readonly kind: ConditionKind }
  readonly dataset: { readonly crop: string }
}

/** Whether faces are looked for: the condition is drawn from their landmarks, or the picture is cut around one. */
export function needsFaces({ condition, dataset }: Asked): boolean {
  return conditionOf(condition.kind).from === 'landmarks' || dataset.crop === 'face'
}
