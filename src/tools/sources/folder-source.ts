/** A folder of pictures, nested or not, with or without metadata files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSegmentation } from '../../dataset/sources/face-synthetics.ts'
import { listFolder } from './list-folder.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'
import { chooseColumns } from './choose-columns.ts'

export function openFolderSource({ source, place, exclude, ...options }: OpenSourceOptions): PictureSource {
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
    readBeside: async (path) => readSmall(join(place, path)),
    close: async () => undefined,
  }
}

/** On this thread: handing it to another one takes longer than reading does. */
function readSmall(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}
