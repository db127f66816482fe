/** A copy of plain data with every string changed, keys of objects included. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapAny(value, change) as T
}

function mapAny(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((inner) => mapAny(inner, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [change(key), mapAny(inner, change)]))
}
