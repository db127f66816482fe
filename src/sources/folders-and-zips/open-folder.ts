/** Opens a folder of pictures, nested or not, with or without metadata files; or a zip of one. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSegmentation } from '../../formats/landmark-files/face-synthetics.ts'
import type { WantedColumns } from '../../formats/parquet/wanted-columns.ts'
import { OtherForm } from '../../tools/files/other-form.ts'
import { listFolder } from './list-folder.ts'
import type { OpenSourceOptions, PictureSource } from '../picture-source.ts'
import { openZipSource } from './zip-source.ts'

/** `wanted` null is for FaceSynthetics' layout: metadata is not read, and segmentation maps are not listed. */
export async function openFolderOrZip(
  options: OpenSourceOptions,
  wanted: WantedColumns | null,
): Promise<PictureSource> {
  const { place, exclude } = options
  const found = await stat(place).catch(() => null)
  if (found?.isFile() === true) return openZipSource(options, wanted)
  const forms = new OtherForm(place)
  const skip = wanted === null ? isSegmentation : undefined
  return {
    isRemote: false,
    list: () => listFolder({ folder: place, exclude, skip, wanted }),
    locate: async (path) => ({ kind: 'file', file: join(place, path) }),
    readBeside: async (path) => forms.read(path),
    close: async () => undefined,
  }
}
