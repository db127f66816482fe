import { configuredSource } from './index.ts'
import type { OpenSourceOptions, PictureSource } from './picture-source.ts'

export async function openSource(options: OpenSourceOptions): Promise<PictureSource> {
  const { spec } = configuredSource(options.source)
  return (await spec.open()).open(options)
}
