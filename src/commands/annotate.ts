/** `controlnet-kit annotate PATH…`: any picture → its conditioning image and its landmarks. */
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  findNameClash,
  planAnnotationNames,
  type AnnotationNames,
  type PictureEntry,
} from '../dataset/annotation-names.ts'
import { UserError } from '../errors.ts'
import { openEmbeddedAnnotator, openSpigaAnnotator } from '../tools/annotator.ts'
import { makeFolder } from '../tools/atomic-write.ts'
import type { AnnotatorQuality } from '../tools/find-faces.ts'
import { findPictures } from '../tools/find-pictures.ts'
import { annotatePicture, type AnnotateResult } from './annotate-picture.ts'
import { runInOrder } from './run-in-order.ts'

export interface AnnotateOptions {
  /** Pictures and folders, as given. */
  readonly paths: readonly string[]
  /** Where the files go; null: beside each picture. */
  readonly out: string | null
  /** Pixels of the training crop; null: the conditioning image is as large as the picture. */
  readonly size: number | null
  /** Default: embedded. */
  readonly annotator?: 'embedded' | 'spiga'
  readonly quality: AnnotatorQuality
  readonly style: 'spiga-seg' | 'points' | 'wireframe'
  /** Also write `photo.overlay.png`: the landmarks on the picture. */
  readonly overlay?: boolean
  /** Threads. */
  readonly workers: number
  readonly signal: AbortSignal
  /** Called once for each picture, in the order of the result. */
  readonly onPicture?: (picture: AnnotateResult) => void
}

/** Ends well even when no picture has a face: the caller tells that from the result. */
export async function runAnnotate(options: AnnotateOptions): Promise<{ pictures: AnnotateResult[] }> {
  const { paths, out, size, quality, style, overlay = false, workers, signal, onPicture } = options
  if (style !== 'spiga-seg') {
    throw new UserError(`The style ${style} is not available yet.`, {
      reason: 'usage',
      hint: 'Use spiga-seg.',
    })
  }
  const pictures = await findPictures(paths)
  const names = planAnnotationNames(pictures, out)
  checkNames(pictures, names)
  await prepareFolders(names)
  const open = options.annotator === 'spiga' ? openSpigaAnnotator : openEmbeddedAnnotator
  const annotator = await open({
    quality,
    workers: Math.min(workers, pictures.length),
    signal,
  })
  try {
    const jobs = pictures.map((picture, index) => () => {
      return annotatePicture(picture, { names: names[index] as AnnotationNames, annotator, size, overlay })
    })
    return { pictures: await runInOrder(jobs, workers * 2, (result) => onPicture?.(result)) }
  } catch (error) {
    throw withReason(error)
  } finally {
    await annotator.close()
  }
}

function checkNames(pictures: readonly PictureEntry[], names: readonly AnnotationNames[]): void {
  const clash = findNameClash(pictures, names)
  if (clash === null) return
  throw new UserError(`${clash[0]} and ${clash[1]} would be written to the same files.`, {
    reason: 'usage',
    code: 'same-names',
    hint: 'Annotate them one after the other, each with its own --out.',
  })
}

async function prepareFolders(names: readonly AnnotationNames[]): Promise<void> {
  for (const folder of new Set(names.map(({ landmarks }) => dirname(landmarks)))) {
    try {
      await makeFolder(folder)
      await access(folder, constants.W_OK)
    } catch (error) {
      throw new UserError(`Can't write to ${folder}.`, {
        reason: 'preflight',
        code: 'not-writable',
        hint: 'Choose another folder with --out, or give yourself permission to write there.',
        cause: error,
      })
    }
  }
}

/** What can't be written once the work goes on counts as a failure of the work. */
function withReason(error: unknown): unknown {
  if (!(error instanceof UserError) || error.reason !== null) return error
  const { message, hint, code, cause } = error
  return new UserError(message, { reason: 'dataset', cause, ...(hint && { hint }), ...(code && { code }) })
}
