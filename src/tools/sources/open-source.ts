import { openFolderSource } from './folder-source.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'

export async function openSource(options: OpenSourceOptions): Promise<PictureSource> {
  return openFolderSource(options)
}
