/** Observes the facts that planning needs about a zip archive, from its directory or from the cache. */
import { sidecarName } from '../../dataset/captions/captions.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { UserError } from '../../errors.ts'
import { readArchiveVersion } from '../../tools/zip/archive-file.ts'
import { readZipDirectory, type ZipContent } from '../../tools/zip/zip-directory.ts'
import { closeZip } from '../../tools/zip/zip-entry.ts'
import { listZip } from './list-zip.ts'
import { requireNoPictures } from './missing-captions.ts'
import type { SourceEntry, SourceListing } from '../picture-source.ts'
import { readZipFact, type ZipFact } from './zip-fact.ts'

interface ObserveZipOptions {
  /** Absolute path. */
  readonly file: string
  /** Path as in the config. */
  readonly given: string
  /** Null for FaceSynthetics. */
  readonly wanted: WantedColumns | null
  /** Extension of the caption files beside the pictures; null when they are not read. */
  readonly sidecar: string | null
  /** The user's cache folder; without it the archive's directory is read each time. */
  readonly cache: string | undefined
}

/** Writes nothing: the cache is written when `collect-images` lists the pictures. */
export async function observeZip(options: ObserveZipOptions): Promise<ZipFact> {
  const { file, given, wanted, sidecar, cache } = options
  const version = await readArchiveVersion(file)
  const kept = cache === undefined ? null : await readZipFact(cache, { file, version, wanted, sidecar })
  if (kept !== null) return kept
  const content = await readZipDirectory(file, given).catch((error: unknown) => {
    const isOther = error instanceof UserError && error.code === 'zip-missing' && !LIKE_A_ZIP.test(given)
    throw isOther ? notAFolder(given) : error
  })
  try {
    const listing = await listZip(content, { archive: file, place: given, wanted })
    if (sidecar !== null) requireSidecars(content, listing, { given, sidecar })
    return summariseZip(content, listing)
  } finally {
    await closeZip(file)
  }
}

function requireSidecars(
  { directory }: ZipContent,
  listing: SourceListing,
  asked: { readonly given: string; readonly sidecar: string },
): void {
  const isThere = ({ path }: SourceEntry): boolean =>
    directory.find(sidecarName(path, asked.sidecar)) !== undefined
  if (!listing.entries.some(isThere)) requireNoPictures(listing, asked)
}

export function summariseZip(
  { digest }: ZipContent,
  { entries, folders, others, unread }: SourceListing,
): ZipFact {
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return { pictures: entries.length, folders, bytes, digest, others, unread }
}

const LIKE_A_ZIP = /\.zip(\.\d{3})?$/i

export function notAFolder(given: string): UserError {
  return new UserError(`${given} is a file; expected a folder of pictures, or a zip archive.`, {
    reason: 'preflight',
    code: 'not-a-folder',
    hint: 'Name the folder or the archive that holds the pictures.',
  })
}
