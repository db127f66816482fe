/** From annotations to the rows of a split: pictures cropped, conditioning images drawn, in order. */
import { availableParallelism } from 'node:os'
import { basename, extname, join } from 'node:path/posix'
import type { Annotation } from '../dataset/annotation.ts'
import { planCaption } from '../dataset/captions.ts'
import { faceToCrop, type Crop } from '../dataset/crop.ts'
import type { DatasetRow } from '../dataset/parquet-rows.ts'
import { UserError } from '../errors.ts'
import { mapInOrder } from '../tools/concurrent.ts'
import { drawConditioningImage } from '../tools/conditioning-image.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import { makeTrainingPicture, PictureChangedError } from '../tools/training-picture.ts'
import type { Config, StageContext } from '../types.ts'

export interface MadeRow {
  readonly id: string
  readonly row: DatasetRow
}

interface RowsOptions {
  readonly context: StageContext
  /** Which of the annotations that were not rejected. */
  readonly want: (annotation: Annotation) => boolean
}

/** Enough to keep all cores busy while one row waits for its turn. */
const ROWS_UNDER_WAY = availableParallelism() * 3

export function makeRows({ context, want }: RowsOptions): AsyncGenerator<MadeRow> {
  const { config, paths, signal } = context
  return mapInOrder(readKept(paths.annotations, want), ROWS_UNDER_WAY, (annotation) => {
    signal.throwIfAborted()
    return makeRow(annotation, paths.source, config.dataset)
  })
}

export async function* readKept(
  file: string,
  want: (annotation: Annotation) => boolean,
): AsyncGenerator<Annotation> {
  for await (const annotation of readNdjson<Annotation>(file)) {
    if (annotation.rejected === null && want(annotation)) yield annotation
  }
}

async function makeRow(annotation: Annotation, folder: string, config: Config['dataset']): Promise<MadeRow> {
  const { resolution, captions } = config
  const crop = readCrop(annotation)
  const file = join(folder, annotation.source)
  const [picture, conditioning] = await Promise.all([
    makeTrainingPicture({ file, sha256: annotation.sha256, size: annotation.size!, crop, resolution }).catch(
      (error: unknown) => Promise.reject(explain(error, annotation.source)),
    ),
    drawConditioningImage(readLandmarks(annotation, crop, resolution), {
      width: resolution,
      height: resolution,
    }),
  ])
  const name =
    basename(annotation.source, extname(annotation.source)) + (/#\d+$/.exec(annotation.id)?.[0] ?? '')
  return {
    id: annotation.id,
    row: {
      image: { bytes: picture.bytes, path: `${name}.${picture.extension}` },
      conditioning_image: { bytes: conditioning, path: `${name}.png` },
      text: planCaption(captions, annotation.caption) ?? '',
    },
  }
}

export function readCrop({ crop }: Annotation): Crop {
  const [x, y, side] = crop!
  return { x, y, side }
}

function readLandmarks({ face, more_faces = [] }: Annotation, crop: Crop, resolution: number) {
  return [face!, ...more_faces].map((each) => faceToCrop(each, crop, resolution).landmarks)
}

function explain(error: unknown, source: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (!(error instanceof PictureChangedError) && code !== 'ENOENT' && code !== 'EACCES') return error
  const what =
    error instanceof PictureChangedError
      ? 'was changed'
      : code === 'ENOENT'
        ? 'was removed'
        : "can't be read any more"
  return new UserError(`${source} ${what} after its landmarks were found.`, {
    code: 'picture-changed',
    hint: 'Run the same command again: it looks at that picture anew and keeps the rest.',
    cause: error,
  })
}
