/** Writes the preview page and the contact sheet of a dataset: samples spread over its rows, and rejected pictures. */
import { basename, isAbsolute, join, normalize } from 'node:path'
import { ANYWHERE } from '../../next-step.ts'
import type { Annotation } from '../../dataset/annotations/annotation.ts'
import { faceToCrop } from '../../raster/crop.ts'
import type { Point } from '../../faces/face.ts'
import type { Manifest } from '../../dataset/manifest.ts'
import type { DatasetRow } from '../../formats/parquet/parquet-rows.ts'
import { formatPreviewPage } from '../../pages/dataset-preview/preview-page.ts'
import { PreviewStatistics } from '../../pages/dataset-preview/preview-statistics.ts'
import type { PreviewSample } from '../../pages/dataset-preview/samples-section.ts'
import { spreadIndices } from '../../pages/dataset-preview/spread-sample.ts'
import { writeFileAtomic } from '../../tools/files/atomic-write.ts'
import { formatDataUrl, makeThumbnails, SAMPLE_SIDE } from '../../tools/images/thumbnail.ts'
import type { StageContext } from '../../types.ts'
import { writeDatasetSheet } from './dataset-sheet.ts'
import { readCrop, type MadeRow } from './make-rows.ts'
import { makeRejectThumbnails } from './reject-thumbnails.ts'

const SAMPLE_COUNT = 24

interface WriteOptions {
  readonly folder: string
  readonly manifest: Manifest
  readonly context: StageContext
}

interface PageOptions extends Omit<WriteOptions, 'folder'> {
  /** Path in the source → thumbnail, for rejected pictures. */
  readonly thumbnails: ReadonlyMap<string, Buffer>
}

interface Sample {
  readonly row: DatasetRow
  /** The sample as the page shows it. */
  readonly small: Promise<Omit<PreviewSample, 'isHeldOut'>>
}

/** Gets every row while the dataset is written, and keeps a few samples, whose thumbnails are made in parallel. */
export class DatasetPreview {
  readonly #statistics: PreviewStatistics
  readonly #shown: ReadonlySet<number>
  readonly #samples: Sample[] = []
  #rows = 0

  /** `statistics` must have all annotations already; `rows` is the number of rows to come. */
  constructor(statistics: PreviewStatistics, rows: number) {
    this.#statistics = statistics
    this.#shown = new Set(spreadIndices(rows, SAMPLE_COUNT))
  }

  add(made: MadeRow): void {
    if (this.#shown.has(this.#rows++)) this.#samples.push(takeSample(made))
    this.#statistics.addCaption(made.row.text)
  }

  /** Writes `preview.html` and `preview.png`. */
  async write({ folder, manifest, context }: WriteOptions): Promise<void> {
    const { config } = context
    const groups = this.#statistics.groups()
    const thumbnails = await makeRejectThumbnails(
      groups.flatMap(({ samples }) => samples),
      context,
    )
    const rows = this.#samples.map(({ row }) => row)
    await Promise.all([
      this.#writePage(join(folder, 'preview.html'), { thumbnails, manifest, context }),
      writeDatasetSheet(join(folder, 'preview.png'), {
        name: config.name,
        manifest,
        rows,
        groups,
        thumbnails,
      }),
    ])
  }

  async #writePage(file: string, { thumbnails, manifest, context }: PageOptions): Promise<void> {
    const { config, facts, plan } = context
    const page = formatPreviewPage({
      config,
      invocation: { ...ANYWHERE, config: nameConfig(plan.config_file) },
      manifest,
      statistics: this.#statistics,
      unread: facts.source.unread,
      samples: await this.#finishSamples(manifest),
      thumbnails: new Map([...thumbnails].map(([path, webp]) => [path, formatDataUrl(webp)])),
    })
    await writeFileAtomic(file, page)
  }

  async #finishSamples({ validation_members }: Manifest): Promise<PreviewSample[]> {
    const held = new Set(validation_members.map(({ id }) => id))
    const samples = await Promise.all(this.#samples.map(({ small }) => small))
    return samples.map((sample) => ({ ...sample, isHeldOut: held.has(sample.id) }))
  }
}

function takeSample({ annotation, row }: MadeRow): Sample {
  // The picture's buffer will be reused for other rows, so it is copied.
  const copy = { ...row, image: { ...row.image, bytes: row.image.bytes.slice() } }
  const small = shrinkSample(annotation, copy)
  // An error is reported when the page is written; this avoids an unhandled rejection until then.
  small.catch(() => undefined)
  return { row: copy, small }
}

/** Makes the thumbnails of a sample, with its landmarks. */
async function shrinkSample(
  annotation: Annotation,
  { image, conditioning_image, text }: DatasetRow,
): Promise<Omit<PreviewSample, 'isHeldOut'>> {
  const photo = await makeThumbnails(image.bytes, placeDots(annotation))
  const conditioning = await makeThumbnails(conditioning_image.bytes)
  return {
    id: annotation.id,
    caption: text,
    image: formatDataUrl(photo.plain),
    overlay: photo.dotted && formatDataUrl(photo.dotted),
    conditioning: formatDataUrl(conditioning.plain),
  }
}

function placeDots(annotation: Annotation): Point[] {
  const { face, more_faces = [], crop } = annotation
  if (face === null || crop === null) return []
  return [face, ...more_faces].flatMap(
    (each) => faceToCrop(each, readCrop(annotation), SAMPLE_SIDE).landmarks,
  )
}

/**
 * Returns the config's name for a command on the page; null for the default name. Absolute paths are reduced to the file name,
 * because the page may be shared.
 */
function nameConfig(file: string | null | undefined): string | null {
  if (!file || normalize(file) === 'controlnet.yaml') return null
  return isAbsolute(file) ? basename(file) : file
}
