import { openFolderSource } from './folder-source.ts'
import { openPairsSource } from './pairs-source.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'

export async function openSource(options: OpenSourceOptions): Promise<PictureSource> {
  if ('pairs' in options.source) return openPairsSource(options)
  return openFolderSource(options)
}
