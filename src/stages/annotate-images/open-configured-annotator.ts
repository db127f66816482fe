import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { planRowRules } from '../../dataset/annotations/rows.ts'
import {
  openEmbedded,
  openLandmarkFiles,
  openSpiga,
  openWithoutFaces,
  type PictureAnnotator,
} from '../../annotators/picture-annotators.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { StageContext } from '../../types.ts'

/** The annotator of the config. Whoever opens it closes it. */
export async function openConfiguredAnnotator(
  { config, facts, signal }: StageContext,
  source: PictureSource,
): Promise<PictureAnnotator> {
  const options = { source, workers: availableParallelism(), signal }
  if (!planRowRules(config).needsFaces) return openWithoutFaces(options)
  const { annotator, quality, landmarks } = config.condition
  if (annotator === 'embedded') return openEmbedded(quality, options)
  if (annotator === 'spiga') return openSpiga(quality, options)
  return openLandmarkFiles(
    landmarks === undefined ? null : resolve(facts.workingDirectory, landmarks),
    options,
  )
}
