/** A folder of pictures, nested or not. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSegmentation } from '../../dataset/face-synthetics.ts'
import { findPictureFiles } from '../picture-files.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'

export function openFolderSource({ source, place, exclude }: OpenSourceOptions): PictureSource {
  const skip = 'folder' in source ? undefined : isSegmentation
  return {
    isRemote: false,
    async list() {
      const { pictures, folders, others } = await findPictureFiles(place, { exclude, skip })
      const entries = pictures.map(({ path, sizeBytes, mtimeMs }) => ({
        path,
        sizeBytes,
        version: String(mtimeMs),
        values: {},
        conditioning: null,
      }))
      return { entries, folders, others }
    },
    locate: async (path) => ({ kind: 'file', file: join(place, path) }),
    readBeside: (path) => readFile(join(place, path)).catch(() => null),
    close: async () => undefined,
  }
}
