/** Creates pairs of pictures and conditioning images in a test's folder, and reads the resulting annotations. */
import sharp from 'sharp'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { folder } from './case-folder.ts'
import { openBench, readAnnotations, type Bench } from './dataset-stages.ts'
import { makeNoise } from './face-pictures.ts'

export const picture = (seed: number, side = 64): Promise<Buffer> => makeNoise(side, seed).png().toBuffer()
export const pixels = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer()

export const ready = (source: object, dataset: object = {}, condition: object = {}): Bench =>
  openBench(folder, {
    condition: { kind: 'images', ...condition },
    dataset: {
      source,
      crop: 'center',
      resolution: 64,
      validation: { count: 0 },
      max_rejects: '100%',
      captions: { column: 'text' },
      ...dataset,
    },
  })

/** Returns the rejected pairs with code and message. */
export async function rejects(bench: Bench): Promise<Record<string, string>> {
  await bench.run([collectImages, annotateImages])
  const found = await readAnnotations(bench)
  return Object.fromEntries(
    found.flatMap(({ source, rejected }) =>
      rejected ? [[source, `${rejected.code}: ${rejected.message}`]] : [],
    ),
  )
}
