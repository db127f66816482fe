import { stat } from 'node:fs/promises'
import { openFolderSource } from './folder-source.ts'
import { openHubSource } from './hub-source.ts'
import { openPairsSource } from './pairs-source.ts'
import { openParquetFolder } from './parquet-folder.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'
import { openZipSource } from './zip-source.ts'

export async function openSource(options: OpenSourceOptions): Promise<PictureSource> {
  if ('pairs' in options.source) return openPairsSource(options)
  if ('parquet' in options.source) return openParquetFolder(options)
  if ('hub' in options.source) return openHubSource(options)
  const found = await stat(options.place).catch(() => null)
  return found?.isFile() === true ? openZipSource(options) : openFolderSource(options)
}
