/** Reads, decodes and looks for faces in pictures, on several threads. */
import type { AnnotatedPicture, AnnotateReady, AnnotateRequest } from './annotate-worker.ts'
import type { AnnotatorIdentity, ChosenSearch } from '../face-search.ts'
import { annotatorForAnyPicture, type AnnotatorName, type LookingSpec, type Quality } from '../index.ts'
import type { FinderData } from './open-finder.ts'
import type { NetRuntime } from '../../tools/nets/net-runtime.ts'
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'
import type { Located } from '../../tools/files/located.ts'

export interface Annotator {
  /** How many pictures keep all threads busy. */
  readonly width: number
  /** Of the nets: native ONNX Runtime (`node`) or WebAssembly (`web`); null without nets. */
  readonly runtime: NetRuntime | null
  /**
   * Faces in pixels of the picture as it is meant to be seen, best first. A file that can't be used, or whose sha256 is
   * another one than expected: PictureError; a `conditioning` image that does not fit the picture likewise.
   */
  annotate(located: Located, sha256?: string | null, conditioning?: Located | null): Promise<AnnotatedPicture>
  close(): Promise<void>
}

export interface AnnotatorOptions {
  readonly finder: FinderData
  /** Threads. */
  readonly workers: number
  /** Aborting ends the threads at once; what is under way fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

const WORKER_FILE = programFile('annotate-worker')

export async function openAnnotator({ finder, workers, signal }: AnnotatorOptions): Promise<Annotator> {
  const pool = await openPictureThreads<AnnotateReady, AnnotateRequest, AnnotatedPicture>({
    file: WORKER_FILE,
    data: finder,
    // Where no net keeps a thread busy, it often waits: for a file, or for a picture that is decoded beside it.
    size: finder === null ? workers + 1 : workers,
    depth: 2,
    signal,
  })
  return {
    width: pool.width,
    runtime: pool.ready.runtime,
    annotate: (located, sha256 = null, conditioning = null) => pool.ask({ located, sha256, conditioning }),
    close: () => pool.close(),
  }
}

export interface FaceAnnotator extends Annotator {
  readonly identity: AnnotatorIdentity
}

export interface FaceAnnotatorOptions extends Omit<AnnotatorOptions, 'finder'> {
  /** One that looks at pictures. */
  readonly annotator: AnnotatorName
  readonly quality: Quality
  /** Default: the native runtime where it loads. */
  readonly runtime?: NetRuntime
}

/** Throws a UserError when what the annotator needs is not there. */
export async function openFaceAnnotator(options: FaceAnnotatorOptions): Promise<FaceAnnotator> {
  const { annotator, quality, runtime, ...others } = options
  const { finder, identity } = await chooseFinder(annotatorForAnyPicture(annotator), quality, runtime)
  return { ...(await openAnnotator({ finder, ...others })), identity }
}

export async function chooseFinder(
  spec: LookingSpec<AnnotatorName>,
  quality: Quality,
  runtime?: NetRuntime,
): Promise<Omit<ChosenSearch, 'settings'> & { readonly finder: FinderData }> {
  const { settings, ...chosen } = await (await spec.open()).choose(quality, runtime)
  return { ...chosen, finder: { annotator: spec.name, settings } }
}
