/** The thread that `annotator.ts` starts: reads and decodes one picture at a time and finds its faces. */
import { workerData } from 'node:worker_threads'
import type { Face } from '../../dataset/face.ts'
import { measureLikeness } from '../../dataset/duplicates/likeness.ts'
import { checkConditioning } from '../images/conditioning-from-source.ts'
import { openFaceFinder, type FaceFinder, type FaceFinderData } from '../faces/face-finder.ts'
import type { NetRuntime } from '../faces/landmark-nets.ts'
import { PictureError } from '../images/picture-error.ts'
import { serveRequests } from './picture-threads.ts'
import { decodePicture } from '../images/pictures.ts'
import { createReadBuffer, hashBytes, readLocated } from '../sources/read-located.ts'
import type { Located } from '../sources/picture-source.ts'

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
  /** Almost the same in pictures that look alike: see `dataset/duplicates/likeness.ts`. */
  readonly likeness: string
}

export interface AnnotateReady {
  readonly runtime: NetRuntime | null
}

/**
 * Larger pictures are reduced to this longer side: twice what the detector looks at, and a face of a twelfth of the picture
 * still fills the landmark net's input.
 */
const MAX_SIDE = 1792

async function main(): Promise<void> {
  const finder = await openFaceFinder(workerData as FaceFinderData)
  serveRequests<AnnotateRequest, AnnotatedPicture>({
    ready: { runtime: finder.runtime } satisfies AnnotateReady,
    work: (request) => annotate(request, finder),
    close: () => finder.close(),
  })
}

const buffer = createReadBuffer()

async function annotate(
  { located, sha256: expected, conditioning }: AnnotateRequest,
  finder: FaceFinder,
): Promise<AnnotatedPicture> {
  const bytes = await readLocated(located, buffer)
  const sha256 = hashBytes(bytes)
  if (expected !== null && sha256 !== expected)
    throw new PictureError('changed', 'it was changed meanwhile: run the same command again')
  const picture = await decodePicture(bytes, { maxSide: MAX_SIDE })
  if (conditioning !== null) await checkConditioning(conditioning, picture.source)
  const likeness = measureLikeness(picture)
  const faces = await finder.find(picture)
  return { sha256, ...picture.source, faces, likeness }
}

await main()
