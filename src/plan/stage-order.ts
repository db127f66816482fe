import type { PlanContext, StageSpec } from '../types.ts'

/** The stages of this config in the order in which they run: as listed, but what another one needs comes before it. */
export function orderStages(specs: readonly StageSpec[], context: PlanContext): readonly StageSpec[] {
  const needed = specs.filter((spec) => spec.needed(context))
  const ordered = new Set<StageSpec>()
  const add = (spec: StageSpec): void => {
    const first = spec.before?.(context) ?? []
    for (const earlier of needed) if (first.includes(earlier.name) && !ordered.has(earlier)) add(earlier)
    ordered.add(spec)
  }
  needed.forEach(add)
  return [...ordered]
}
