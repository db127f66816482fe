/** Opens the face finder inside a worker thread. */
import { annotatorOf, type AnnotatorName } from '../index.ts'
import type { FaceFinder } from '../face-search.ts'

/**
 * How to open a face finder; null when no faces are searched, because landmarks are given or the condition needs none. Plain
 * data.
 */
export type FinderData = { readonly annotator: AnnotatorName; readonly settings: unknown } | null

export async function openFaceFinder(data: FinderData): Promise<FaceFinder> {
  if (data === null) return { runtime: null, sides: [], find: async () => [], close: async () => undefined }
  const spec = annotatorOf(data.annotator)
  if (spec.from === 'landmark-files') throw new Error(`${spec.name} does not look at pictures`)
  return (await spec.open()).openFinder(data.settings)
}
