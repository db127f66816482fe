/** Reads pictures in place from a zip archive: FaceSynthetics, or a packed folder of photos. */
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { readZipDirectory } from '../../tools/zip/zip-directory.ts'
import { closeZip, readZipEntry } from '../../tools/zip/zip-entry.ts'
import { listZip, toSpan } from './list-zip.ts'
import { summariseZip } from './observe-zip.ts'
import type { OpenSourceOptions, PictureSource } from '../picture-source.ts'
import { writeZipFact } from './zip-fact.ts'

/** Throws a UserError when the archive is damaged or unsafe. */
export async function openZipSource(
  { place, cache, sidecar = null }: OpenSourceOptions,
  wanted: WantedColumns | null,
): Promise<PictureSource> {
  const content = await readZipDirectory(place)
  const { directory, version } = content
  return {
    isRemote: false,
    async list() {
      const listing = await listZip(content, { archive: place, place, wanted })
      await writeZipFact(cache, { file: place, version, wanted, sidecar }, summariseZip(content, listing))
      return listing
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
