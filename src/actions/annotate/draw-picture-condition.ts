/** One picture → its conditioning image, for conditions that need no faces. */
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import type { AnnotationNames, PictureEntry } from '../../formats/pictures/annotation-names.ts'
import type { ConditionKind } from '../../conditions/index.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import type { PictureConditions } from './picture-conditions.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import type { AnnotateResult } from './annotate-picture.ts'

export interface DrawPictureConditionOptions {
  readonly names: AnnotationNames
  readonly conditions: PictureConditions
  readonly kind: ConditionKind
  /** Pixels of the training crop; null: the conditioning image is as large as the picture. */
  readonly size: number | null
}

/** Writes the PNG alone: there are no landmarks to tell. Where none can be made, that of an earlier run goes. */
export async function drawPictureCondition(
  { file }: PictureEntry,
  { names, conditions, kind, size }: DrawPictureConditionOptions,
): Promise<AnnotateResult> {
  const image = basename(file)
  const base = { v: 1, kind, image, annotator: null, faces: [], file, landmarks_file: null } as const
  const made = await conditions.make({ file, kind, size }).catch((error: unknown) => {
    if (error instanceof PictureError) return error
    throw error
  })
  if (made instanceof PictureError) {
    await rm(names.conditioning, { force: true })
    const { code, message } = made
    return { ...base, width: null, height: null, error: { code, message }, conditioning: null }
  }
  const { width, height, crop, conditioning } = made
  await writeFileAtomic(names.conditioning, conditioning)
  const shown = crop === null ? {} : { crop: [crop.x, crop.y, crop.side] as const }
  return { ...base, width, height, ...shown, conditioning: names.conditioning }
}
