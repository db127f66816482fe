/**
 * Names of classes. `datasets` writes a ClassLabel column as numbers, and its names as JSON beside the schema: `huggingface` →
 * `info.features`. Pure.
 */

/** By column, the name of each class. */
export type ClassLabels = ReadonlyMap<string, readonly string[]>

interface KeyValue {
  readonly key: string
  readonly value?: string | undefined
}

/** Of columns with a class, or a list of classes, for each row. Metadata that can't be understood has none. */
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

/** A class as its name, a list of them as the names; a class of which there is none (-1) as nothing; all else as it is. */
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
  // A list, as older versions of `datasets` write it.
  if (Array.isArray(feature)) return readNames(feature[0])
  if (typeof feature !== 'object' || feature === null) return null
  const { _type: type, names, feature: inner } = feature as Record<string, unknown>
  if (inner !== undefined) return readNames(inner)
  return type === 'ClassLabel' && Array.isArray(names) ? names.map(String) : null
}
