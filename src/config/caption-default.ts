/** For sources with columns, the default of `dataset.captions` is their caption column. Pure. */
import { SOURCES, type SourceSpec } from '../sources/index.ts'

const CAPTION_COLUMN = 'text'

/** Returns the parsed config, with `dataset.captions` added if it is missing and the source has a caption column. */
export function withCaptionDefault(tree: unknown): unknown {
  if (!isRecord(tree) || !isRecord(tree['dataset'])) return tree
  const { dataset } = tree
  const { source, captions, columns } = dataset
  if (captions !== undefined || !isRecord(source)) return tree
  if (!SOURCES.some(({ kind, columns }: SourceSpec) => columns?.haveCaptions === true && kind in source))
    return tree
  const named = isRecord(columns) ? columns['caption'] : undefined
  return { ...tree, dataset: { ...dataset, captions: { column: named ?? CAPTION_COLUMN } } }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
