/** Observes the facts that planning needs about a folder or zip of pictures. */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isSegmentation } from '../../formats/landmark-files/face-synthetics.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import type { SourceFact } from '../../types.ts'
import { describeListing, nothingThere } from './describe-listing.ts'
import { listFolder } from './list-folder.ts'
import { planExclude, planSidecar, type ObserveOptions } from '../observe-options.ts'
import { notAFolder, observeZip } from './observe-zip.ts'
import { addBeside, addFile } from '../source-digest.ts'

export interface FolderPlace {
  readonly kind: SourceFact['kind']
  /** Path as in the config. */
  readonly given: string
  /** Null for FaceSynthetics' layout: metadata is not read, and segmentation maps are not listed. */
  readonly wanted: WantedColumns | null
}

export async function observeFolder(
  { kind, given, wanted }: FolderPlace,
  options: ObserveOptions,
): Promise<SourceFact> {
  const folder = resolve(options.workingDirectory, given)
  const found = await stat(folder).catch(() => null)
  if (found === null) return nothingThere(kind, given)
  if (found.isFile()) {
    const { cache } = options
    const fact = await observeZip({ file: folder, given, wanted, sidecar: planSidecar(options), cache })
    return { ...fact, kind, given, exists: true, revision: null }
  }
  if (!found.isDirectory()) throw notAFolder(given)
  const listing = await listFolder({
    folder,
    exclude: planExclude(options),
    skip: wanted === null ? isSegmentation : undefined,
    wanted,
  })
  const hash = createHash('sha256')
  for (const file of listing.texts) addFile(hash, file)
  await addBeside(hash, { folder, given, listing }, options)
  return describeListing({ kind, given }, listing, hash)
}
