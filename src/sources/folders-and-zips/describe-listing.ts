import type { Hash } from 'node:crypto'
import type { SourceFact } from '../../types.ts'
import type { SourceListing } from '../picture-source.ts'

export function nothingThere(kind: SourceFact['kind'], given: string): SourceFact {
  const nothing = { pictures: 0, folders: 0, bytes: 0, others: {}, revision: null }
  return { ...nothing, kind, given, exists: false, digest: '' }
}

/** `hash` already contains everything else that the source depends on, such as metadata and sidecar files. */
export function describeListing(
  { kind, given }: Pick<SourceFact, 'kind' | 'given'>,
  { entries, folders, others, unread }: SourceListing,
  hash: Hash,
): SourceFact {
  for (const { path, sizeBytes, version } of entries) hash.update(JSON.stringify([path, sizeBytes, version]))
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const digest = hash.digest('hex')
  return {
    kind,
    given,
    exists: true,
    pictures: entries.length,
    folders,
    bytes,
    digest,
    others,
    unread,
    revision: null,
  }
}
