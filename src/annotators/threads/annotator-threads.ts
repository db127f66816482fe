/** Reads and decodes pictures and finds their faces, on several threads. */
import type { AnnotatedPicture, AnnotateReady, AnnotateRequest } from './annotate-worker.ts'
import type { AnnotatorIdentity, ChosenSearch } from '../face-search.ts'
import { annotatorForAnyPicture, type AnnotatorName, type FaceDetectorSpec, type Quality } from '../index.ts'
import type { FinderData } from './open-finder.ts'
import type { NetRuntime } from '../../tools/nets/net-runtime.ts'
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'
import type { Located } from '../../tools/files/located.ts'

export interface Annotator {
  /** How many pictures at once keep all threads busy. */
  readonly width: number
  /** Runtime of the nets: native ONNX Runtime (`node`) or WebAssembly (`web`); null without nets. */
  readonly runtime: NetRuntime | null
  /**
   * Returns faces in pixels of the picture with EXIF orientation applied, best first. Throws PictureError for an unusable file,
   * for another sha256 than expected, and for a `conditioning` image that does not fit the picture.
   */
  annotate(located: Located, sha256?: string | null, conditioning?: Located | null): Promise<AnnotatedPicture>
  close(): Promise<void>
}

export interface AnnotatorOptions {
  readonly finder: FinderData
  /** Number of threads. */
  readonly workers: number
  /** Aborting stops the threads at once; pending calls fail with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

const WORKER_FILE = programFile('annotate-worker')

export async function openAnnotator({ finder, workers, signal }: AnnotatorOptions): Promise<Annotator> {
  const pool = await openPictureThreads<AnnotateReady, AnnotateRequest, AnnotatedPicture>({
    file: WORKER_FILE,
    data: finder,
    // Without a net the threads often wait for files or for a parallel decode, so one more thread pays off.
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
  /** An annotator that finds faces in pictures. */
  readonly annotator: AnnotatorName
  readonly quality: Quality
  /** Default: the native runtime if it loads. */
  readonly runtime?: NetRuntime
}

/** Throws a UserError when the annotator lacks something, such as its weights. */
export async function openFaceAnnotator(options: FaceAnnotatorOptions): Promise<FaceAnnotator> {
  const { annotator, quality, runtime, ...others } = options
  const { finder, identity } = await chooseFinder(annotatorForAnyPicture(annotator), quality, runtime)
  return { ...(await openAnnotator({ finder, ...others })), identity }
}

export async function chooseFinder(
  spec: FaceDetectorSpec<AnnotatorName>,
  quality: Quality,
  runtime?: NetRuntime,
): Promise<Omit<ChosenSearch, 'settings'> & { readonly finder: FinderData }> {
  const { settings, ...chosen } = await (await spec.open()).choose(quality, runtime)
  return { ...chosen, finder: { annotator: spec.name, settings } }
}
