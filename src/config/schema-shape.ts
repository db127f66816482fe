/** Looks up which keys the schema allows where. Pure. */
import { isMapping, valueAt, withValue } from './overrides.ts'
import { configSchema } from './schema.ts'

interface SchemaNode {
  readonly def: { readonly innerType?: SchemaNode; readonly options?: readonly SchemaNode[] }
  readonly shape?: Readonly<Record<string, SchemaNode>>
}

/**
 * Returns the keys that a mapping at `path` may have. `tree` is the parsed config; its keys decide which member of a union is
 * meant.
 */
export function knownKeys(path: readonly string[], tree: unknown): string[] {
  const node = nodeAt(path, tree)
  return node?.shape === undefined ? variantKeys(path).flat() : Object.keys(node.shape)
}

/**
 * Returns the keys of each member of the union at `path`, the distinguishing key first; an empty list when there is no union of
 * objects.
 */
export function variantKeys(path: readonly string[]): string[][] {
  const options = nodeAt(path, undefined)?.def.options ?? []
  return options.flatMap((option) => (option.shape === undefined ? [] : [Object.keys(option.shape)]))
}

/**
 * Prepares the tree for a value at `path`. If `path` leads through one of several exclusive keys (as in `dataset.source`), the keys of
 * the other members are removed. Shared and unknown keys stay.
 */
export function withoutAlternatives(tree: unknown, path: readonly string[]): unknown {
  return path.reduce((left, _, index) => withoutAlternativesOf(left, path.slice(0, index + 1)), tree)
}

function withoutAlternativesOf(tree: unknown, path: readonly string[]): unknown {
  const parent = path.slice(0, -1)
  const variants = variantKeys(parent)
  const chosen = variants.find(([first]) => first === path.at(-1))
  const mapping = valueAt(tree, parent)
  if (chosen === undefined || !isMapping(mapping)) return tree
  const others = variants.flat().filter((key) => !chosen.includes(key))
  const kept = Object.entries(mapping).filter(([key]) => !others.includes(key))
  return withValue(tree, parent, Object.fromEntries(kept))
}

function nodeAt(path: readonly string[], tree: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = unwrap(configSchema as unknown as SchemaNode)
  let value = tree
  for (const key of path) {
    node = unwrap(node?.shape?.[key])
    value = isMapping(value) ? value[key] : undefined
    const found = isMapping(value) ? value : undefined
    const variant = node?.def.options?.find(
      (option) => found !== undefined && (Object.keys(option.shape ?? {})[0] ?? '') in found,
    )
    if (variant !== undefined) node = unwrap(variant)
  }
  return node
}

function unwrap(node: SchemaNode | undefined): SchemaNode | undefined {
  let inner = node
  while (inner?.def.innerType !== undefined) inner = inner.def.innerType
  return inner
}
