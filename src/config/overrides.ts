/** Parses the overrides `--set a.b=value` and `CNK_SET__a__b=value`. */
export interface Override {
  readonly path: readonly string[]
  readonly text: string
  /** Name of the override in messages: `--set a.b` or `CNK_SET__a__b`. */
  readonly where: string
}

const ENVIRONMENT_PREFIX = 'CNK_SET__'

/** Parses one `--set` argument; returns null when it has no `=` or an empty key. */
export function parseSetFlag(argument: string): Override | null {
  const equals = argument.indexOf('=')
  const key = argument.slice(0, Math.max(equals, 0)).trim()
  const path = key.split('.')
  if (equals < 1 || path.some((part) => part === '')) return null
  return { path, text: argument.slice(equals + 1), where: `--set ${key}` }
}

/** Returns the overrides in environment variables, sorted by name, so that their order does not depend on the shell. */
export function parseSetVariables(environment: Readonly<Record<string, string | undefined>>): Override[] {
  return Object.entries(environment)
    .filter(
      (entry): entry is [string, string] => entry[0].startsWith(ENVIRONMENT_PREFIX) && entry[1] !== undefined,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => ({ path: name.slice(ENVIRONMENT_PREFIX.length).split('__'), text, where: name }))
}

/** Returns the tree with `value` at `path`. Values on the way that are not mappings are replaced. */
export function withValue(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const mapping = isMapping(tree) ? tree : {}
  return { ...mapping, [key]: withValue(mapping[key], rest, value) }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return (value as unknown[])[Number(key)]
    return isMapping(value) ? value[key] : undefined
  }, tree)
}
