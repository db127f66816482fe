/** Reads, decodes and looks for faces in pictures, on several threads. */
import { ANNOTATOR_VERSIONS } from '../../dataset/annotations/annotator-versions.ts'
import type { AnnotatedPicture, AnnotateReady, AnnotateRequest } from './annotate-worker.ts'
import type { FaceFinderData } from '../face-finder.ts'
import type { AnnotatorQuality } from '../embedded/find-faces.ts'
import { readLandmarkModels } from '../embedded/landmark-models.ts'
import type { NetRuntime } from '../embedded/landmark-nets.ts'
import { programFile } from '../../tools/package-root.ts'
import { openPictureThreads } from '../../tools/threads/picture-threads.ts'
import type { SpigaFinderData } from '../spiga/spiga-finder.ts'
import { requireSpigaModel } from '../spiga/spiga-model.ts'
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
  readonly finder: FaceFinderData
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
    size: finder.kind === 'none' ? workers + 1 : workers,
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

/** What the embedded annotator's answers depend on (JSON). */
export interface EmbeddedIdentity {
  readonly name: 'embedded'
  readonly quality: AnnotatorQuality
  readonly version: number
  /** File → sha256. */
  readonly models: Readonly<Record<string, string>>
}

export interface EmbeddedAnnotator extends Annotator {
  readonly identity: EmbeddedIdentity
}

export interface EmbeddedOptions extends Omit<AnnotatorOptions, 'finder'> {
  readonly quality: AnnotatorQuality
  /** Default: the native runtime where it loads. */
  readonly runtime?: NetRuntime
}

/** The nets that ship with the kit. */
export async function openEmbeddedAnnotator(options: EmbeddedOptions): Promise<EmbeddedAnnotator> {
  const { quality, runtime, ...others } = options
  const models = await readLandmarkModels()
  const annotator = await openAnnotator({ finder: { kind: 'embedded', models, quality, runtime }, ...others })
  return { ...annotator, identity: embeddedIdentity(quality, models) }
}

export function embeddedIdentity(
  quality: AnnotatorQuality,
  { hashes }: { readonly hashes: Readonly<Record<string, string>> },
): EmbeddedIdentity {
  return { name: 'embedded', quality, version: ANNOTATOR_VERSIONS.embedded, models: hashes }
}

/** What SPIGA's answers depend on (JSON). */
export interface SpigaIdentity extends Omit<EmbeddedIdentity, 'name'> {
  readonly name: 'spiga'
  /** sha256 of the exported network. */
  readonly onnx: string
}

/** SPIGA, as `models fetch spiga` left it. Throws the UserError `spiga-missing` when it is not there. */
export async function chooseSpiga(
  quality: AnnotatorQuality,
  runtime?: NetRuntime,
): Promise<{ finder: SpigaFinderData; identity: SpigaIdentity }> {
  const { file, sha256 } = await requireSpigaModel()
  const models = await readLandmarkModels()
  return {
    finder: { kind: 'spiga', models, quality, file, runtime },
    identity: {
      ...embeddedIdentity(quality, models),
      name: 'spiga',
      version: ANNOTATOR_VERSIONS.spiga,
      onnx: sha256,
    },
  }
}

export interface FaceAnnotator extends Annotator {
  readonly identity: EmbeddedIdentity | SpigaIdentity
}

export async function openSpigaAnnotator(options: EmbeddedOptions): Promise<FaceAnnotator> {
  const { quality, runtime, ...others } = options
  const { finder, identity } = await chooseSpiga(quality, runtime)
  return { ...(await openAnnotator({ finder, ...others })), identity }
}
