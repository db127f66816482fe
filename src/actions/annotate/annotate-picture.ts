/** One picture → its files: the conditioning image, the landmarks and, if asked for, the overlay. */
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  formatAnnotationDocument,
  roundDocumentFace,
  type AnnotationDocument,
} from '../../dataset/annotations/annotation-document.ts'
import type { AnnotationNames, PictureEntry } from '../../formats/pictures/annotation-names.ts'
import type { ConditionConfig, ConditionKind } from '../../conditions/index.ts'
import { faceToCrop, planCrop, type Crop } from '../../raster/crop.ts'
import type { Face } from '../../faces/face.ts'
import type { AnnotatedPicture } from '../../annotators/threads/annotate-worker.ts'
import type { FaceAnnotator } from '../../annotators/threads/annotator-threads.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { drawConditioningImage } from '../../tools/images/conditioning-image.ts'
import { drawOverlay } from '../../tools/images/landmark-overlay.ts'
import { PictureError } from '../../tools/images/picture-error.ts'

export interface AnnotateResult extends AnnotationDocument {
  readonly kind: ConditionKind
  /** The picture as it was found. */
  readonly file: string
  /** What was written; null when there was no face, or the picture could not be read. */
  readonly conditioning: string | null
  /** Likewise; null for conditions without landmarks. */
  readonly landmarks_file: string | null
  /** Only where one was asked for and written. */
  readonly overlay?: string
}

export interface AnnotatePictureOptions {
  /** One that is drawn from landmarks. */
  readonly kind: ConditionKind
  readonly names: AnnotationNames
  readonly annotator: FaceAnnotator
  /** Pixels of the training crop; null: the conditioning image is as large as the picture. */
  readonly size: number | null
  /** Also write the landmarks drawn on the picture. */
  readonly overlay: boolean
  readonly style: ConditionConfig['style']
}

export async function annotatePicture(
  { file }: PictureEntry,
  { kind, names, annotator, size, overlay, style }: AnnotatePictureOptions,
): Promise<AnnotateResult> {
  const image = basename(file)
  const { identity } = annotator
  const picture = await annotator.annotate({ kind: 'file', file }).catch((error: unknown) => {
    if (error instanceof PictureError) return error
    throw error
  })
  if (picture instanceof PictureError) {
    const { code, message } = picture
    const document = {
      v: 1,
      image,
      width: null,
      height: null,
      annotator: identity,
      faces: [],
      error: { code, message },
    } as const
    return finish(document, { kind, file, names, conditioning: null })
  }
  const { width, height } = picture
  // Rounded before drawing, so that the drawing can be made again from the file.
  const faces = picture.faces.map(roundDocumentFace)
  const crop = size === null ? null : planTrainingCrop({ width, height, faces })
  const document: AnnotationDocument = {
    v: 1,
    image,
    width,
    height,
    annotator: identity,
    faces,
    ...(crop === null ? {} : { crop: [crop.x, crop.y, crop.side] as const }),
  }
  if (overlay) await writeOverlay(names.overlay, file, faces)
  const conditioning =
    faces.length === 0 ? null : await drawFaces({ width, height, faces }, { kind, crop, size, style })
  const result = await finish(document, { kind, file, names, conditioning })
  return overlay && faces.length > 0 ? { ...result, overlay: names.overlay } : result
}

/** That of an earlier run goes where there is no face any more. */
async function writeOverlay(name: string, file: string, faces: readonly Face[]): Promise<void> {
  if (faces.length > 0) await writeFileAtomic(name, await drawOverlay(file, faces))
  else await rm(name, { force: true })
}

interface Finish {
  readonly kind: ConditionKind
  readonly file: string
  readonly names: AnnotationNames
  readonly conditioning: Uint8Array | null
}

/** The PNG first: where there is a landmarks file, all is there. A PNG of an earlier run that no longer holds goes. */
async function finish(
  document: AnnotationDocument,
  { kind, file, names, conditioning }: Finish,
): Promise<AnnotateResult> {
  if (conditioning === null) await rm(names.conditioning, { force: true })
  else await writeFileAtomic(names.conditioning, conditioning)
  await writeFileAtomic(names.landmarks, formatAnnotationDocument(document))
  return {
    kind,
    ...document,
    file,
    conditioning: conditioning === null ? null : names.conditioning,
    landmarks_file: names.landmarks,
  }
}

type SeenPicture = Pick<AnnotatedPicture, 'width' | 'height' | 'faces'>

/** As `prepare` does with its defaults: the largest face, and only that one. */
function planTrainingCrop({ width, height, faces }: SeenPicture): Crop | null {
  const largest = pickLargest(faces)
  return largest === null ? null : planCrop({ width, height, crop: 'face', box: largest.box })
}

interface DrawFaces extends Pick<AnnotatePictureOptions, 'kind'> {
  readonly crop: Crop | null
  readonly size: number | null
  readonly style: ConditionConfig['style']
}

function drawFaces(
  { width, height, faces }: SeenPicture,
  { kind, crop, size, style }: DrawFaces,
): Promise<Buffer> {
  const largest = pickLargest(faces)
  if (crop === null || size === null || largest === null) {
    const all = faces.map(({ landmarks }) => landmarks)
    return drawConditioningImage(all, { kind, width, height, style })
  }
  const { landmarks } = faceToCrop(largest, crop, size)
  return drawConditioningImage([landmarks], { kind, width: size, height: size, style })
}

function pickLargest(faces: readonly Face[]): Face | null {
  const area = ({ box: [, , width, height] }: Face): number => width * height
  return faces.reduce<Face | null>(
    (best, face) => (best === null || area(face) > area(best) ? face : best),
    null,
  )
}
