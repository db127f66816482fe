import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { annotatorOf } from '../../annotators/index.ts'
import {
  openPictureAnnotator,
  openWithoutFaces,
  type PictureAnnotator,
} from '../../annotators/picture-annotators.ts'
import { needsFaces } from '../../conditions/needs-faces.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { StageContext } from '../../types.ts'

/** Opens the annotator of the config. The caller must close it. */
export async function openConfiguredAnnotator(
  { config, facts, signal }: StageContext,
  source: PictureSource,
): Promise<PictureAnnotator> {
  const options = { source, workers: availableParallelism(), signal }
  if (!needsFaces(config)) return openWithoutFaces(options)
  const { annotator, quality, landmarks = null } = config.condition
  const place = landmarks === null ? null : resolve(facts.workingDirectory, landmarks)
  return openPictureAnnotator(annotatorOf(annotator), { quality, landmarks: place }, options)
}
