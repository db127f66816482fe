/**
 * The worker thread started by `annotator-threads.ts`: finds the faces of one picture while the next one is read and decoded.
 */
import { workerData } from 'node:worker_threads'
import type { Face } from '../../faces/face.ts'
import { measureLikeness } from '../../dataset/duplicates/likeness.ts'
import { checkConditioning } from '../../tools/images/conditioning-from-source.ts'
import { decodePyramid, type Pyramid } from '../embedded/detection-pyramid.ts'
import type { FaceFinder } from '../face-search.ts'
import { openFaceFinder, type FinderData } from './open-finder.ts'
import type { NetRuntime } from '../../tools/nets/net-runtime.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { serveRequests } from '../../tools/threads/picture-threads.ts'
import { createReadBuffer } from '../../tools/files/read-buffer.ts'
import { hashBytes, readLocated } from '../../tools/files/read-located.ts'
import type { Located } from '../../tools/files/located.ts'

export interface AnnotateRequest {
  readonly located: Located
  /** Expected sha256 of the bytes; null when it is not known. */
  readonly sha256: string | null
  /** The ready-made conditioning image, which is checked together with the picture; null when there is none. */
  readonly conditioning: Located | null
}

export interface AnnotatedPicture {
  /** sha256 of the picture's bytes, in hexadecimal. */
  readonly sha256: string
  readonly width: number
  readonly height: number
  readonly faces: readonly Face[]
  /** Perceptual hash, nearly equal for similar pictures: see `dataset/duplicates/likeness.ts`. */
  readonly likeness: string
  /** Largest value of its ready-made conditioning image; only when that is nearly black. */
  readonly conditioningLevel?: number
}

export interface AnnotateReady {
  readonly runtime: NetRuntime | null
}

async function main(): Promise<void> {
  const finder = await openFaceFinder(workerData as FinderData)
  serveRequests<AnnotateRequest, AnnotatedPicture, DecodedPicture>({
    ready: { runtime: finder.runtime } satisfies AnnotateReady,
    begin: (request) => decode(request, finder),
    work: (decoded) => annotate(decoded, finder),
    close: () => finder.close(),
  })
}

/** One buffer for each of the two pictures that are processed at the same time. */
const buffers = [createReadBuffer(), createReadBuffer()]

interface DecodedPicture {
  readonly sha256: string
  readonly pyramid: Pyramid
  /** Null when the conditioning image is not nearly black, or there is none. */
  readonly level: number | null
}

async function decode(
  { located, sha256: expected, conditioning }: AnnotateRequest,
  { sides }: FaceFinder,
): Promise<DecodedPicture> {
  const buffer = buffers.shift()!
  buffers.push(buffer)
  const bytes = await readLocated(located, buffer)
  const sha256 = hashBytes(bytes)
  if (expected !== null && sha256 !== expected)
    throw new PictureError('changed', 'it was changed in the meantime: run the same command again')
  const pyramid = await decodePyramid(bytes, sides)
  const level = conditioning === null ? null : await checkConditioning(conditioning, pyramid.source)
  return { sha256, pyramid, level }
}

async function annotate(
  { sha256, pyramid, level }: DecodedPicture,
  finder: FaceFinder,
): Promise<AnnotatedPicture> {
  const likeness = measureLikeness(pyramid.base.pixels)
  const faces = await finder.find(pyramid)
  const dark = level === null ? {} : { conditioningLevel: level }
  return { sha256, ...pyramid.source, faces, likeness, ...dark }
}

await main()
