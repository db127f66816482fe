/** What looks for faces in a decoded picture. A new one is one file and one line here; it runs in `annotate-worker.ts`. */
import type { Face } from '../../dataset/face.ts'
import { findFaces, type AnnotatorQuality } from './find-faces.ts'
import type { LandmarkModels } from './landmark-models.ts'
import { openLandmarkNets, type NetRuntime } from './landmark-nets.ts'
import type { Picture } from '../images/pictures.ts'
import { openSpigaFinder, type SpigaFinderData } from './spiga-finder.ts'

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
  /** Faces in pixels of `picture.source`, best first. */
  find(picture: Picture): Promise<Face[]>
  close(): Promise<void>
}

export async function openFaceFinder(data: FaceFinderData): Promise<FaceFinder> {
  if (data.kind === 'none') return { runtime: null, find: async () => [], close: async () => undefined }
  if (data.kind === 'spiga') return openSpigaFinder(data)
  const nets = await openLandmarkNets(data.models, data.runtime)
  return {
    runtime: nets.runtime,
    find: (picture) => findFaces(picture, nets, data.quality),
    close: () => nets.close(),
  }
}
