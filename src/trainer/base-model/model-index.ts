/** `model_index.json` of a pipeline in diffusers' layout: maps each component to its library and class, or to nulls. */

/** Neither the training nor a drawing with the ControlNet loads it. */
const UNUSED = 'safety_checker'

/** Returns the names of the components that are loaded, each a folder beside the index. */
export function namedComponents(index: unknown): string[] {
  return Object.keys(readMapping(index)).filter(
    (name) => name !== UNUSED && componentClass(index, name) !== null,
  )
}

/** Returns the class of a component; null when the pipeline has none of that name. */
export function componentClass(index: unknown, name: string): string | null {
  const value = readMapping(index)[name]
  if (!Array.isArray(value) || value.length !== 2) return null
  return typeof value[1] === 'string' ? value[1] : null
}

/** A JSON value as a mapping; an empty one where it is something else. */
export function readMapping(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {}
}
