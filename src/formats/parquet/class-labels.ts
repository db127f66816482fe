/**
 * Class names of ClassLabel columns. `datasets` stores such a column as numbers and its class names as JSON in the file's
 * metadata, under `huggingface` → `info.features`. Pure.
 */

/** Column name → class names, indexed by class number. */
export type ClassLabels = ReadonlyMap<string, readonly string[]>

interface KeyValue {
  readonly key: string
  readonly value?: string | undefined
}

/**
 * Returns the class names of each column whose rows hold a class or a list of classes. Returns an empty map when the metadata
 * can't be parsed.
 */
export function parseClassLabels(metadata: readonly KeyValue[] = []): ClassLabels {
  const text = metadata.find(({ key }) => key === 'huggingface')?.value
  const features = readFeatures(text ?? '{}')
  return new Map(
    Object.entries(features).flatMap(([column, feature]) => {
      const names = readNames(feature)
      return names === null ? [] : [[column, names] as const]
    }),
  )
}

/**
 * Replaces class numbers by their names, also inside lists. Returns null for a negative number (`datasets` writes -1 for "no
 * class"); returns any other value unchanged.
 */
export function nameClass(value: unknown, names: readonly string[] | undefined): unknown {
  if (names === undefined) return value
  if (Array.isArray(value)) return value.map((each: unknown) => nameClass(each, names))
  if (typeof value !== 'bigint' && typeof value !== 'number') return value
  return value < 0 ? null : (names[Number(value)] ?? value)
}

function readFeatures(text: string): object {
  try {
    const document = JSON.parse(text) as { readonly info?: { readonly features?: unknown } } | null
    const features = document?.info?.features
    return typeof features === 'object' && features !== null ? features : {}
  } catch {
    return {}
  }
}

function readNames(feature: unknown): readonly string[] | null {
  // Older versions of `datasets` write a list feature as a JSON array.
  if (Array.isArray(feature)) return readNames(feature[0])
  if (typeof feature !== 'object' || feature === null) return null
  const { _type: type, names, feature: inner } = feature as Record<string, unknown>
  if (inner !== undefined) return readNames(inner)
  return type === 'ClassLabel' && Array.isArray(names) ? names.map(String) : null
}
