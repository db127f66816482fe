/** Sources with columns bring captions along: those are meant where the config says nothing. Pure. */
import { SOURCES, type SourceSpec } from '../sources/index.ts'

const CAPTION_COLUMN = 'text'

/** The tree of a config as read, with `dataset.captions` put in where its source has columns; else as it was. */
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
