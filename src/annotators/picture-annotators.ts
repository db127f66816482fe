/** Finds the faces of a source's pictures, with any annotator, behind one interface. */
import { describeMisplaced } from '../formats/landmark-files/absent-points.ts'
import { LandmarkFileError } from '../formats/landmark-files/parsed-landmarks.ts'
import { contentKey, type SourcePicture } from '../dataset/source-picture.ts'
import type { Reject } from '../dataset/annotations/rejects.ts'
import type { Finding } from '../dataset/annotations/rows.ts'
import { chooseFinder, openAnnotator, type Annotator } from './threads/annotator-threads.ts'
import type { FinderData } from './threads/open-finder.ts'
import type { FoundLandmarks, LandmarkReader } from './files/open.ts'
import { WITHOUT_FACES_VERSION, type AnnotatorName, type AnnotatorSpec, type Quality } from './index.ts'
import { CONDITIONING_CODES, PictureError } from '../tools/images/picture-error.ts'
import type { PictureSource } from '../sources/picture-source.ts'

export interface PictureAnnotator {
  /** All that its results depend on, as one line. */
  readonly identity: string
  /** How many pictures it processes at once. */
  readonly width: number
  /** Reads what belongs to the picture, such as its landmark file, but not the picture itself. */
  examine(picture: SourcePicture): Promise<ExaminedPicture>
  close(): Promise<void>
}

interface ExaminedPicture {
  /** Key under which the finding may be stored; it changes with everything that the finding depends on. */
  readonly key: string
  find(): Promise<Finding>
}

interface OpenOptions {
  readonly source: PictureSource
  readonly workers: number
  readonly signal: AbortSignal
}

/**
 * `landmarks` is the absolute path of a folder or table, for annotators that read landmarks; null means beside the pictures.
 */
export async function openPictureAnnotator(
  spec: AnnotatorSpec<AnnotatorName>,
  { quality, landmarks }: { readonly quality: Quality; readonly landmarks: string | null },
  options: OpenOptions,
): Promise<PictureAnnotator> {
  if (spec.from === 'landmark-files') {
    const reader = await (await spec.open())(landmarks, options.source)
    return readLandmarks(`${spec.name} ${spec.version}`, reader, options)
  }
  const { finder, line } = await chooseFinder(spec, quality)
  return openFinder(line, finder, options)
}

/** For conditions that need no faces: pictures are only read, checked and hashed. */
export function openWithoutFaces(options: OpenOptions): PictureAnnotator {
  return openFinder(`none ${WITHOUT_FACES_VERSION}`, null, options)
}

function openFinder(identity: string, finder: FinderData, options: OpenOptions): PictureAnnotator {
  const annotator = lazyAnnotator(finder, options)
  return {
    identity,
    // Two pictures for each thread, and there may be one more thread than `workers`: the next picture is ready when one is
    // done.
    width: (options.workers + 1) * 2,
    examine: async (picture) => ({
      key: `${contentKey(picture)} ${identity}${conditioningKey(picture)}`,
      find: () => annotatePicture(picture, options.source, annotator).catch(rejectPicture),
    }),
    close: () => annotator.close(),
  }
}

/** Annotates with existing landmarks. */
function readLandmarks(identity: string, reader: LandmarkReader, options: OpenOptions): PictureAnnotator {
  const annotator = lazyAnnotator(null, options)
  return {
    identity,
    width: options.workers * 4,
    async examine(picture) {
      const found = await reader.find(picture.source)
      return {
        key: `${contentKey(picture)} ${identity} ${found?.hash ?? ''}${conditioningKey(picture)}`,
        find: async () =>
          found === null
            ? noLandmarks(reader.explain(picture.source))
            : annotateWithLandmarks(found, () => annotatePicture(picture, options.source, annotator)),
      }
    },
    async close() {
      await annotator.close()
      await reader.close()
    },
  }
}

/** Takes the faces from `found`, and reads the picture for its size and hashes. */
async function annotateWithLandmarks(
  found: FoundLandmarks,
  annotate: () => Promise<AnnotatedResult>,
): Promise<Finding> {
  try {
    const { faces, size } = found.parse()
    const result = await annotate()
    const { width, height } = result
    if (size !== null && (size[0] !== width || size[1] !== height))
      return noLandmarks(`${found.place} is about a picture of ${size.join('×')} px, not ${width}×${height}`)
    for (const [index, { landmarks }] of faces.entries()) {
      const problem = describeMisplaced(landmarks, [width, height])
      const face = faces.length === 1 ? '' : `face ${index + 1}: `
      if (problem !== null) throw new LandmarkFileError(`${face}${problem}`, 'bad-landmarks')
    }
    return { ...result, faces }
  } catch (error) {
    if (!(error instanceof LandmarkFileError)) return rejectPicture(error)
    return { error: { code: error.code, message: `${found.place}: ${error.message}` } }
  }
}

function noLandmarks(message: string): Finding {
  return { error: { code: 'no-landmarks', message } }
}

type LazyAnnotator = Pick<Annotator, 'annotate' | 'close'>
type AnnotatedResult = Awaited<ReturnType<LazyAnnotator['annotate']>>

/** Starts threads and nets with the first picture, so that none start when all findings are known. */
function lazyAnnotator(finder: FinderData, { workers, signal }: OpenOptions): LazyAnnotator {
  let opened: Promise<Annotator> | null = null
  return {
    async annotate(...picture) {
      opened ??= openAnnotator({ finder, workers, signal })
      return (await opened).annotate(...picture)
    },
    close: async () => opened?.then((annotator) => annotator.close()),
  }
}

async function annotatePicture(
  picture: SourcePicture,
  source: PictureSource,
  annotator: LazyAnnotator,
): Promise<AnnotatedResult> {
  const conditioning = picture.conditioning === null ? null : await source.locate(picture.conditioning)
  return annotator.annotate(await source.locate(picture.source), picture.sha256, conditioning)
}

/** A finding about a pair also depends on its conditioning image, and on what is checked in that. */
function conditioningKey({ conditioning, version }: SourcePicture): string {
  return conditioning === null ? '' : ` with ${conditioning}, ${version}, level`
}

/** Turns the error of an unusable picture into a finding. Any other error is a bug and is rethrown. */
function rejectPicture(error: unknown): { error: Reject } {
  if (!(error instanceof PictureError)) throw error
  const code = CONDITIONING_CODES.find((each) => each === error.code) ?? 'unreadable'
  return { error: { code, message: error.message } }
}
