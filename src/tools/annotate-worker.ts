/** The thread that `annotator.ts` starts: reads and decodes one picture at a time and finds its faces. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Face } from '../dataset/face.ts'
import { measureLikeness } from '../dataset/likeness.ts'
import { checkConditioning } from './conditioning-from-source.ts'
import { openFaceFinder, type FaceFinderData } from './face-finder.ts'
import type { NetRuntime } from './landmark-nets.ts'
import { PictureError, type PictureErrorCode } from './picture-error.ts'
import { decodePicture } from './pictures.ts'
import { hashBytes, readLocated } from './read-located.ts'
import type { Located } from './sources/picture-source.ts'
import { CLOSE } from './worker-thread.ts'

export interface AnnotateRequest {
  readonly located: Located
  /** What the bytes are expected to be, where that is known. */
  readonly sha256: string | null
  /** The ready-made conditioning image, to be checked with it; null when there is none. */
  readonly conditioning: Located | null
}

export interface AnnotatedPicture {
  /** Of the picture's bytes, in hexadecimal. */
  readonly sha256: string
  readonly width: number
  readonly height: number
  readonly faces: readonly Face[]
  /** Almost the same in pictures that look alike: see `dataset/likeness.ts`. */
  readonly likeness: string
}

export interface AnnotateReady {
  readonly runtime: NetRuntime | null
}

/** Errors lose their class between threads, so they travel as data. */
export type AnnotateReply =
  | { readonly type: 'annotated'; readonly picture: AnnotatedPicture }
  | { readonly type: 'picture-error'; readonly code: PictureErrorCode; readonly message: string }
  | { readonly type: 'error'; readonly error: unknown }

/**
 * Larger pictures are reduced to this longer side: twice what the detector looks at, and a face of a twelfth of the picture
 * still fills the landmark net's input.
 */
const MAX_SIDE = 1792

async function main(): Promise<void> {
  const finder = await openFaceFinder(workerData as FaceFinderData)
  let work: Promise<void> = Promise.resolve()
  parentPort?.on('message', (request: AnnotateRequest | typeof CLOSE) => {
    // One after the other: the nets must not be let go while they run.
    work = work.then(() => (request === CLOSE ? close() : answer(request)))
  })
  parentPort?.postMessage({ runtime: finder.runtime } satisfies AnnotateReady)

  async function close(): Promise<void> {
    await finder.close()
    parentPort?.close()
  }

  async function answer(request: AnnotateRequest): Promise<void> {
    const reply = await annotate(request).catch((error: unknown): AnnotateReply =>
      error instanceof PictureError
        ? { type: 'picture-error', code: error.code, message: error.message }
        : { type: 'error', error },
    )
    parentPort?.postMessage(reply)
  }

  async function annotate({
    located,
    sha256: expected,
    conditioning,
  }: AnnotateRequest): Promise<AnnotateReply> {
    const bytes = await readLocated(located)
    const sha256 = hashBytes(bytes)
    if (expected !== null && sha256 !== expected)
      throw new PictureError('changed', 'it was changed meanwhile: run the same command again')
    const picture = await decodePicture(bytes, { maxSide: MAX_SIDE })
    if (conditioning !== null) await checkConditioning(conditioning, picture.source)
    const likeness = measureLikeness(picture)
    const faces = await finder.find(picture)
    return { type: 'annotated', picture: { sha256, ...picture.source, faces, likeness } }
  }
}

await main()
