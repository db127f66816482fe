/** The thread that `annotator.ts` starts: decodes one picture at a time and finds its faces. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Face } from '../dataset/face.ts'
import { findFaces, type AnnotatorQuality } from './find-faces.ts'
import type { LandmarkModels } from './landmark-models.ts'
import { openLandmarkNets, type NetRuntime } from './landmark-nets.ts'
import { PictureError, readPicture, type PictureErrorCode } from './pictures.ts'

export interface AnnotateWorkerData {
  readonly models: LandmarkModels
  readonly quality: AnnotatorQuality
  readonly runtime: NetRuntime | undefined
}

/** What the thread is sent: a file, or the wish to end. */
export type AnnotateRequest = { readonly file: string } | 'close'

export interface AnnotatedPicture {
  readonly width: number
  readonly height: number
  readonly faces: readonly Face[]
}

/** Errors lose their class between threads, so they travel as data. */
export type AnnotateReply =
  | { readonly type: 'ready'; readonly runtime: NetRuntime }
  | { readonly type: 'annotated'; readonly picture: AnnotatedPicture }
  | { readonly type: 'picture-error'; readonly code: PictureErrorCode; readonly message: string }
  | { readonly type: 'error'; readonly error: unknown }

/**
 * Larger pictures are reduced to this longer side: twice what the detector looks at, and a face of a twelfth of the picture
 * still fills the landmark net's input.
 */
const MAX_SIDE = 1792

async function main(): Promise<void> {
  const { models, quality, runtime } = workerData as AnnotateWorkerData
  const nets = await openLandmarkNets(models, runtime)
  let work: Promise<void> = Promise.resolve()
  parentPort?.on('message', (request: AnnotateRequest) => {
    // One after the other: the nets must not be let go while they run.
    work = work.then(() => (request === 'close' ? close() : annotate(request.file).then(reply)))
  })
  reply({ type: 'ready', runtime: nets.runtime })

  async function close(): Promise<void> {
    await nets.close()
    parentPort?.close()
  }

  async function annotate(file: string): Promise<AnnotateReply> {
    try {
      const picture = await readPicture(file, { maxSide: MAX_SIDE })
      const faces = await findFaces(picture, nets, quality)
      return { type: 'annotated', picture: { ...picture.source, faces } }
    } catch (error) {
      if (error instanceof PictureError) {
        return { type: 'picture-error', code: error.code, message: error.message }
      }
      return { type: 'error', error }
    }
  }
}

function reply(message: AnnotateReply): void {
  parentPort?.postMessage(message)
}

await main()
