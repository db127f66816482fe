/** Makes the rows of a split from annotations, in order: crops pictures and draws conditioning images. */
import { basename, extname } from 'node:path/posix'
import type { Annotation } from '../../dataset/annotations/annotation.ts'
import { faceToCrop, type Crop } from '../../raster/crop.ts'
import type { DatasetRow } from '../../formats/parquet/parquet-rows.ts'
import { UserError } from '../../errors.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { readNdjson } from '../../tools/files/ndjson-file.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import type { RowMaker } from './row-maker.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { Config, StageContext } from '../../types.ts'

export interface MadeRow {
  readonly annotation: KeptAnnotation
  readonly row: DatasetRow
}

interface RowsOptions {
  readonly context: StageContext
  readonly source: PictureSource
  readonly maker: RowMaker
  /** Selects the rows of the split. */
  readonly want: (annotation: KeptAnnotation) => boolean
}

/** Rows in work, as a multiple of the threads' capacity: finished rows wait for earlier ones, or for the disk. */
const ROWS_AHEAD = 2

export function makeRows({ context, source, maker, want }: RowsOptions): AsyncGenerator<MadeRow> {
  const { config, paths, signal } = context
  return mapInOrder(readKept(paths.annotations, want), maker.width * ROWS_AHEAD, (annotation) => {
    signal.throwIfAborted()
    return makeRow(annotation, { source, maker, config })
  })
}

/** The annotation of a row, which was not rejected. */
export interface KeptAnnotation extends Annotation {
  readonly sha256: string
  readonly size: NonNullable<Annotation['size']>
  readonly crop: NonNullable<Annotation['crop']>
}

async function* readKept(
  file: string,
  want: (annotation: KeptAnnotation) => boolean,
): AsyncGenerator<KeptAnnotation> {
  for await (const annotation of readNdjson<KeptAnnotation>(file)) {
    if (annotation.rejected === null && want(annotation)) yield annotation
  }
}

interface MakeRow {
  readonly source: PictureSource
  readonly maker: RowMaker
  readonly config: Config
}

async function makeRow(
  annotation: KeptAnnotation,
  { source, maker, config: { condition, dataset } }: MakeRow,
): Promise<MadeRow> {
  const { kind, style } = condition
  const { resolution } = dataset
  const crop = readCrop(annotation)
  const { sha256, size } = annotation
  const faces = readLandmarks(annotation, crop, resolution)
  const picture = await source.locate(annotation.source)
  const conditioning = annotation.conditioning === null ? null : await source.locate(annotation.conditioning)
  const made = await maker
    .make({ picture, sha256, size, crop, resolution, condition: kind, style, faces, conditioning })
    .catch((error: unknown) => Promise.reject(explain(error, annotation.source)))
  const name =
    basename(annotation.source, extname(annotation.source)) + (/#\d+$/.exec(annotation.id)?.[0] ?? '')
  return {
    annotation,
    row: {
      image: { bytes: made.image.bytes, path: `${name}.${made.image.extension}` },
      conditioning_image: { bytes: made.conditioning, path: `${name}.png` },
      text: annotation.caption ?? '',
    },
  }
}

export function readCrop({ crop }: Annotation): Crop {
  const [x, y, side] = crop!
  return { x, y, side }
}

function readLandmarks({ face, more_faces = [] }: Annotation, crop: Crop, resolution: number) {
  const faces = face === null ? [] : [face, ...more_faces]
  return faces.map((each) => faceToCrop(each, crop, resolution).landmarks)
}

const WHAT_HAPPENED: Readonly<Record<string, string>> = {
  changed: 'was changed',
  missing: 'was removed',
  'conditioning-missing': 'lost its conditioning image',
  'conditioning-unreadable': 'has a conditioning image that changed',
  'conditioning-mismatch': 'has a conditioning image that changed',
  'conditioning-empty': 'has a conditioning image that changed',
}

function explain(error: unknown, source: string): unknown {
  if (!(error instanceof PictureError)) return error
  const what = WHAT_HAPPENED[error.code] ?? "can't be read any more"
  return new UserError(`${source} ${what} after its landmarks were found.`, {
    code: 'picture-changed',
    hint: 'Run the same command again: it looks at that picture anew and keeps the rest.',
    cause: error,
  })
}
