/** Suggests the name that a user probably meant by a misspelt one. */
import { distance } from 'fastest-levenshtein'
import { TEMPLATE_VARIABLES } from './template-variables.ts'

/** Returns the name with the fewest edits, ignoring case; null when none is near enough. */
export function findNearest(name: string, names: readonly string[]): string | null {
  const ranked = names
    .map((each) => ({ each, edits: distance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  const [best] = ranked
  return best !== undefined && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.each : null
}

/**
 * Suggests a correction for an unknown template variable: one of the kit's own variables, or a column, in braces. Null when
 * none is near.
 */
export function suggestVariable(name: string, columns: readonly string[]): string | null {
  const nearest = findNearest(name, [...TEMPLATE_VARIABLES, ...columns])
  return nearest === null ? null : `{${nearest}}`
}
