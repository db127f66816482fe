/** Pictures in a zip archive, read in place: FaceSynthetics' own, or a folder of photos that was packed. */
import { isSegmentation } from '../../dataset/face-synthetics.ts'
import type { ZipEntry } from '../../dataset/zip/directory.ts'
import { PictureError } from '../picture-error.ts'
import { readZipDirectory } from '../zip-directory.ts'
import { closeZip, readZipEntry } from '../zip-entry.ts'
import type { OpenSourceOptions, PictureSource, ZipSpan } from './picture-source.ts'
import { summariseZip } from './observe-zip.ts'
import { writeZipFact } from './zip-fact.ts'
import { listZipPictures } from './zip-listing.ts'

/** Throws a UserError when the archive can't be trusted. */
export async function openZipSource({ source, place, cache }: OpenSourceOptions): Promise<PictureSource> {
  const content = await readZipDirectory(place)
  const { directory, version } = content
  const skips = 'face_synthetics' in source
  return {
    isRemote: false,
    async list() {
      const { pictures, folders, others } = listZipPictures(directory, skips ? isSegmentation : undefined)
      await writeZipFact(cache, { file: place, version, skips }, summariseZip(content, skips))
      const entries = pictures.map(({ path, sizeBytes, crc32 }) => ({
        path,
        sizeBytes,
        version: crc32.toString(16).padStart(8, '0'),
        values: {},
        conditioning: null,
      }))
      return { entries, folders, others }
    },
    async locate(path) {
      const entry = directory.find(path)
      if (entry === undefined) throw new PictureError('missing', 'no such file in the archive')
      return toSpan(place, entry)
    },
    async readBeside(path) {
      const entry = directory.find(path)
      if (entry === undefined) return null
      return readZipEntry(toSpan(place, entry)).catch(() => null)
    },
    close: () => closeZip(place),
  }
}

function toSpan(archive: string, entry: ZipEntry): ZipSpan {
  return { kind: 'zip', archive, ...entry }
}
