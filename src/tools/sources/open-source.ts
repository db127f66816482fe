import { stat } from 'node:fs/promises'
import { openFolderSource } from './folder-source.ts'
import { openPairsSource } from './pairs-source.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'
import { openZipSource } from './zip-source.ts'

export async function openSource(options: OpenSourceOptions): Promise<PictureSource> {
  if ('pairs' in options.source) return openPairsSource(options)
  const found = await stat(options.place).catch(() => null)
  return found?.isFile() === true ? openZipSource(options) : openFolderSource(options)
}
