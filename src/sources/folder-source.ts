/** A folder of pictures, nested or not, with or without metadata files. */
import { join } from 'node:path'
import { isSegmentation } from '../formats/landmark-files/face-synthetics.ts'
import { listFolder } from './list-folder.ts'
import { OtherForm } from '../tools/files/other-form.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'
import { chooseColumns } from './choose-columns.ts'

export function openFolderSource({ source, place, exclude, ...options }: OpenSourceOptions): PictureSource {
  const forms = new OtherForm(place)
  const isPlain = 'folder' in source || 'pairs' in source
  return {
    isRemote: false,
    list: () =>
      listFolder({
        folder: place,
        exclude,
        skip: isPlain ? undefined : isSegmentation,
        wanted: isPlain ? chooseColumns(options) : null,
      }),
    locate: async (path) => ({ kind: 'file', file: join(place, path) }),
    readBeside: async (path) => forms.read(path),
    close: async () => undefined,
  }
}
