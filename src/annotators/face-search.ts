/** What `open.ts` of an annotator that finds faces in pictures exports. */
import type { Face } from '../faces/face.ts'
import type { NetRuntime } from '../tools/nets/net-runtime.ts'
import type { Quality } from './annotator-spec.ts'
import type { Pyramid } from './embedded/detection-pyramid.ts'

export interface FaceSearch {
  /**
   * Loads what the worker threads need. Throws a UserError when something is missing. Without `runtime`: the native one if it
   * loads.
   */
  choose(quality: Quality, runtime?: NetRuntime): Promise<ChosenSearch>
  /** Called in each worker thread, with the settings from `choose`. */
  openFinder(settings: unknown): Promise<FaceFinder>
}

export interface ChosenSearch {
  /** Plain data, so that it can be passed to a worker thread. */
  readonly settings: unknown
  /** All that its results depend on (JSON); stored in `photo.landmarks.json`. */
  readonly identity: AnnotatorIdentity
  /** The same as one line, for findings and the manifest. */
  readonly line: string
}

export interface AnnotatorIdentity {
  readonly name: string
  readonly quality: Quality
  readonly version: number
  /** File name → sha256. */
  readonly models: Readonly<Record<string, string>>
}

export interface FaceFinder {
  /** Runtime of the nets; null when no nets are used. */
  readonly runtime: NetRuntime | null
  /** Longer sides of the pyramid levels that `find` needs. */
  readonly sides: readonly number[]
  /** Returns faces in pixels of `pyramid.source`, best first. */
  find(pyramid: Pyramid): Promise<Face[]>
  close(): Promise<void>
}
