/** What looks for faces in a decoded picture. A new one is one file and one line here; it runs in `annotate-worker.ts`. */
import type { Face } from '../faces/face.ts'
import type { Pyramid } from './embedded/detection-pyramid.ts'
import { DETECTION_SIDES, findFaces, type AnnotatorQuality } from './embedded/find-faces.ts'
import type { LandmarkModels } from './embedded/landmark-models.ts'
import { openLandmarkNets, type NetRuntime } from './embedded/landmark-nets.ts'
import { openSpigaFinder, type SpigaFinderData } from './spiga/spiga-finder.ts'

/** How to open one. Plain data, so that it can go to a thread. */
export type FaceFinderData =
  /** Looks for none: the landmarks are known, or the condition needs no faces. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'embedded'
      readonly models: LandmarkModels
      readonly quality: AnnotatorQuality
      readonly runtime: NetRuntime | undefined
    }
  | SpigaFinderData

export interface FaceFinder {
  /** Of the nets, where there are any. */
  readonly runtime: NetRuntime | null
  /** The levels that `find` needs: their longer sides. */
  readonly sides: readonly number[]
  /** Faces in pixels of `pyramid.source`, best first. */
  find(pyramid: Pyramid): Promise<Face[]>
  close(): Promise<void>
}

export async function openFaceFinder(data: FaceFinderData): Promise<FaceFinder> {
  if (data.kind === 'none')
    return { runtime: null, sides: [], find: async () => [], close: async () => undefined }
  if (data.kind === 'spiga') return openSpigaFinder(data)
  const nets = await openLandmarkNets(data.models, data.runtime)
  return {
    runtime: nets.runtime,
    sides: DETECTION_SIDES[data.quality],
    find: (pyramid) => findFaces(pyramid, nets),
    close: () => nets.close(),
  }
}
