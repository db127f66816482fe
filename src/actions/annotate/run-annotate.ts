/** `controlnet-kit annotate PATH…`: any picture → its conditioning image and, where it has them, its landmarks. */
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  findNameClash,
  planAnnotationNames,
  type AnnotationNames,
  type PictureEntry,
} from '../../formats/pictures/annotation-names.ts'
import { UserError, withReason } from '../../errors.ts'
import { makeFolder } from '../../tools/files/atomic-write.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { findPictures } from '../../sources/folders-and-zips/find-pictures.ts'
import { openMaker, type MakerOptions } from './annotate-maker.ts'
import type { AnnotateResult } from './annotate-picture.ts'

export interface AnnotateOptions extends Omit<MakerOptions, 'overlay'> {
  /** Pictures and folders, as given. */
  readonly paths: readonly string[]
  /** Where the files go; null: beside each picture. */
  readonly out: string | null
  /** Also write `photo.overlay.png`: the landmarks on the picture. */
  readonly overlay?: boolean
  /** Called once for each picture, in the order of the result. */
  readonly onPicture?: (picture: AnnotateResult) => void
}

/** Ends well even when nothing could be made of any picture: the caller tells that from the result. */
export async function runAnnotate(options: AnnotateOptions): Promise<{ pictures: AnnotateResult[] }> {
  const { paths, out, overlay = false, onPicture } = options
  const pictures = await findPictures(paths)
  const names = planAnnotationNames(pictures, out)
  checkNames(pictures, names)
  await prepareFolders(names)
  const workers = Math.min(options.workers, pictures.length)
  const maker = await openMaker({ ...options, overlay, workers })
  try {
    const results: AnnotateResult[] = []
    const make = ([index, picture]: [number, PictureEntry]) => maker.make(picture, names[index]!)
    for await (const result of mapInOrder(pictures.entries(), options.workers * 2, make)) {
      onPicture?.(result)
      results.push(result)
    }
    return { pictures: results }
  } catch (error) {
    // What can't be read or written once the work goes on counts as a failure of the work.
    throw withReason(error, 'dataset')
  } finally {
    await maker.close()
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
      throw new UserError(`Can't write to the folder ${folder === '.' ? 'that you are in' : folder}.`, {
        reason: 'preflight',
        code: 'not-writable',
        hint: 'Choose another folder with --out, or give yourself permission to write there.',
        cause: error,
      })
    }
  }
}
