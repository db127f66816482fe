import { conditionOf, type ConditionKind } from './index.ts'

interface Asked {
  readonly condition: { readonly kind: ConditionKind }
  readonly dataset: { readonly crop: string }
}

/** Returns true when faces must be found: the condition is drawn from landmarks, or the picture is cropped around a face. */
export function needsFaces({ condition, dataset }: Asked): boolean {
  return conditionOf(condition.kind).from === 'landmarks' || dataset.crop === 'face'
}
