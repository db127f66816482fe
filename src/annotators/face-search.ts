/** What `open.ts` of an annotator that looks at pictures gives. */
import type { Face } from '../faces/face.ts'
import type { NetRuntime } from '../tools/nets/net-runtime.ts'
import type { Quality } from './annotator-spec.ts'
import type { Pyramid } from './embedded/detection-pyramid.ts'

export interface FaceSearch {
  /** Reads what the threads need. Throws a UserError when something is missing. `runtime`: default the native one where it loads. */
  choose(quality: Quality, runtime?: NetRuntime): Promise<ChosenSearch>
  /** Called in each thread, with the settings of `choose`. */
  openFinder(settings: unknown): Promise<FaceFinder>
}

export interface ChosenSearch {
  /** Plain data, so that it can go to a thread. */
  readonly settings: unknown
  /** What its answers depend on (JSON): stands in `photo.landmarks.json`. */
  readonly identity: AnnotatorIdentity
  /** The same in one line, for findings and the manifest. */
  readonly line: string
}

export interface AnnotatorIdentity {
  readonly name: string
  readonly quality: Quality
  readonly version: number
  /** File → sha256. */
  readonly models: Readonly<Record<string, string>>
}

export interface FaceFinder {
  /** Runtime of the nets; null where there are none. */
  readonly runtime: NetRuntime | null
  /** The levels that `find` needs: their longer sides. */
  readonly sides: readonly number[]
  /** Faces in pixels of `pyramid.source`, best first. */
  find(pyramid: Pyramid): Promise<Face[]>
  close(): Promise<void>
}
