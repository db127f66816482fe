/** What makes the files of one picture, for each kind of condition. */
import type { AnnotationNames, PictureEntry } from '../../formats/pictures/annotation-names.ts'
import {
  conditionOf,
  type Condition,
  type ConditionConfig,
  type ConditionKind,
} from '../../conditions/index.ts'
import type { AnnotatorName } from '../../annotators/index.ts'
import { UserError } from '../../errors.ts'
import { openFaceAnnotator } from '../../annotators/threads/annotator-threads.ts'
import { openPictureConditions } from './picture-conditions.ts'
import { annotatePicture, type AnnotateResult } from './annotate-picture.ts'
import { drawPictureCondition } from './draw-picture-condition.ts'

export interface AnnotateMaker {
  make(picture: PictureEntry, names: AnnotationNames): Promise<AnnotateResult>
  close(): Promise<void>
}

export interface MakerOptions {
  readonly kind: ConditionKind
  readonly style: ConditionConfig['style']
  /** One that looks at pictures. */
  readonly annotator: AnnotatorName
  readonly quality: ConditionConfig['quality']
  /** Pixels of the training crop; null: the conditioning image is as large as the picture. */
  readonly size: number | null
  /** Also write the landmarks drawn on the picture. */
  readonly overlay: boolean
  /** Threads. */
  readonly workers: number
  readonly signal: AbortSignal
}

const OPEN: Readonly<Record<Condition['from'], (options: MakerOptions) => Promise<AnnotateMaker>>> = {
  landmarks: openFromLandmarks,
  picture: openFromPicture,
  source: async ({ kind }) => {
    throw new UserError(`Nothing makes '${kind}' from a picture: they are ready-made.`, { reason: 'usage' })
  },
}

export function openMaker(options: MakerOptions): Promise<AnnotateMaker> {
  return OPEN[conditionOf(options.kind).from](options)
}

async function openFromLandmarks(options: MakerOptions): Promise<AnnotateMaker> {
  const { kind, quality, workers, signal, size, overlay, style } = options
  const annotator = await openFaceAnnotator({ annotator: options.annotator, quality, workers, signal })
  return {
    make: (picture, names) => annotatePicture(picture, { kind, names, annotator, size, overlay, style }),
    close: () => annotator.close(),
  }
}

async function openFromPicture({ kind, size, workers, signal }: MakerOptions): Promise<AnnotateMaker> {
  const conditions = await openPictureConditions(workers, signal)
  return {
    make: (picture, names) => drawPictureCondition(picture, { names, conditions, kind, size }),
    close: () => conditions.close(),
  }
}
