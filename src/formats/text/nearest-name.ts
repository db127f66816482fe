/** Which of the names that there are was meant by one that is none of them. */
import { distance } from 'fastest-levenshtein'
import { TEMPLATE_VARIABLES } from './template-variables.ts'

/** The nearest of the names, whatever their case; null when none is near. */
export function findNearest(name: string, names: readonly string[]): string | null {
  const ranked = names
    .map((each) => ({ each, edits: distance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  const [best] = ranked
  return best !== undefined && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.each : null
}

/** What was meant by a variable that is in no column: one of the template's own, or another column. */
export function suggestVariable(name: string, columns: readonly string[]): string | null {
  const nearest = findNearest(name, [...TEMPLATE_VARIABLES, ...columns])
  return nearest === null ? null : `{${nearest}}`
}
