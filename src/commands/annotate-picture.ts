/** One picture → its files: the conditioning image, the landmarks and, if asked for, the overlay. */
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { formatAnnotation, roundFace, type AnnotationDocument } from '../dataset/annotation-document.ts'
import type { AnnotationNames, PictureEntry } from '../dataset/annotation-names.ts'
import { faceToCrop, planCrop, type Crop } from '../dataset/crop.ts'
import type { Face } from '../dataset/face.ts'
import type { AnnotatedPicture } from '../tools/annotate-worker.ts'
import type { FaceAnnotator } from '../tools/annotator.ts'
import { writeFileAtomic } from '../tools/atomic-write.ts'
import { drawConditioningImage } from '../tools/conditioning-image.ts'
import { drawOverlay } from '../tools/landmark-overlay.ts'
import { PictureError } from '../tools/picture-error.ts'

export interface AnnotateResult extends AnnotationDocument {
  /** The picture as it was found. */
  readonly file: string
  /** Paths of what was written; null when there was no face. */
  readonly conditioning: string | null
  readonly landmarks_file: string
}

export interface AnnotatePictureOptions {
  readonly names: AnnotationNames
  readonly annotator: FaceAnnotator
  /** Pixels of the training crop; null: the conditioning image is as large as the picture. */
  readonly size: number | null
  /** Also write the landmarks drawn on the picture. */
  readonly overlay: boolean
}

export async function annotatePicture(
  { file }: PictureEntry,
  { names, annotator, size, overlay }: AnnotatePictureOptions,
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
    return finish(document, { file, names, conditioning: null })
  }
  const { width, height } = picture
  // Rounded before drawing, so that the drawing can be made again from the file.
  const faces = picture.faces.map(roundFace)
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
  if (overlay && faces.length > 0) await writeFileAtomic(names.overlay, await drawOverlay(file, faces))
  const conditioning = faces.length === 0 ? null : await drawFaces({ width, height, faces }, crop, size)
  return finish(document, { file, names, conditioning })
}

interface Finish {
  readonly file: string
  readonly names: AnnotationNames
  readonly conditioning: Uint8Array | null
}

/** The PNG first: where there is a landmarks file, all is there. A PNG of an earlier run that no longer holds goes. */
async function finish(
  document: AnnotationDocument,
  { file, names, conditioning }: Finish,
): Promise<AnnotateResult> {
  if (conditioning === null) await rm(names.conditioning, { force: true })
  else await writeFileAtomic(names.conditioning, conditioning)
  await writeFileAtomic(names.landmarks, formatAnnotation(document))
  return {
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

function drawFaces(
  { width, height, faces }: SeenPicture,
  crop: Crop | null,
  size: number | null,
): Promise<Buffer> {
  const largest = pickLargest(faces)
  if (crop === null || size === null || largest === null) {
    return drawConditioningImage(
      faces.map(({ landmarks }) => landmarks),
      { width, height },
    )
  }
  return drawConditioningImage([faceToCrop(largest, crop, size).landmarks], { width: size, height: size })
}

function pickLargest(faces: readonly Face[]): Face | null {
  const area = ({ box: [, , width, height] }: Face): number => width * height
  return faces.reduce<Face | null>(
    (best, face) => (best === null || area(face) > area(best) ? face : best),
    null,
  )
}
