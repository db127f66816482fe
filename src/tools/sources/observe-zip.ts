/** What planning needs to know of a zip archive: from its directory, or from what was kept of it. */
import { isSegmentation } from '../../dataset/face-synthetics.ts'
import { UserError } from '../../errors.ts'
import { readArchiveVersion } from '../archive-file.ts'
import { readZipDirectory, type ZipContent } from '../zip-directory.ts'
import { readZipFact, type ZipFact } from './zip-fact.ts'
import { listZipPictures } from './zip-listing.ts'

interface ObserveZipOptions {
  /** Absolute. */
  readonly file: string
  /** As in the config. */
  readonly given: string
  readonly kind: 'folder' | 'face_synthetics'
  /** The user's cache folder; without it the archive is looked at. */
  readonly cache: string | undefined
}

/** Writes nothing: what is kept was kept when the pictures were listed. */
export async function observeZip({ file, given, kind, cache }: ObserveZipOptions): Promise<ZipFact> {
  const skips = kind === 'face_synthetics'
  const version = await readArchiveVersion(file)
  const kept = cache === undefined ? null : await readZipFact(cache, { file, version, skips })
  if (kept !== null) return kept
  const content = await readZipDirectory(file, given).catch((error: unknown) => {
    const isOther = error instanceof UserError && error.code === 'zip-missing' && !LIKE_A_ZIP.test(given)
    throw isOther ? notAFolder(given) : error
  })
  return summariseZip(content, skips)
}

/** `skips`: whether FaceSynthetics' segmentations are left out. */
export function summariseZip({ directory, digest }: ZipContent, skips: boolean): ZipFact {
  const { pictures, folders, others } = listZipPictures(directory, skips ? isSegmentation : undefined)
  const bytes = pictures.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return { pictures: pictures.length, folders, bytes, digest, others }
}

const LIKE_A_ZIP = /\.zip(\.\d{3})?$/i

export function notAFolder(given: string): UserError {
  return new UserError(`${given} is a file; expected a folder of pictures, or a zip archive.`, {
    reason: 'preflight',
    code: 'not-a-folder',
    hint: 'Name the folder or the archive that holds the pictures.',
  })
}
