/** The page and the contact sheet that show a dataset: samples spread over its rows, and what was left out. */
import { basename, isAbsolute, join, normalize } from 'node:path'
import type { Annotation } from '../dataset/annotation.ts'
import { faceToCrop } from '../dataset/crop.ts'
import type { Point } from '../dataset/face.ts'
import type { Manifest } from '../dataset/manifest.ts'
import { formatPreviewPage } from '../dataset/preview-page.ts'
import { PreviewTally } from '../dataset/preview/preview-tally.ts'
import type { PreviewSample } from '../dataset/preview/samples-section.ts'
import { spreadIndices } from '../dataset/preview/spread-sample.ts'
import { writeFileAtomic } from '../tools/files/atomic-write.ts'
import { mapInOrder } from '../tools/concurrent.ts'
import { readNdjson } from '../tools/files/ndjson-file.ts'
import { formatDataUrl, makeThumbnails, SAMPLE_SIDE } from '../tools/images/thumbnail.ts'
import type { StageContext } from '../types.ts'
import { writeDatasetSheet } from './dataset-sheet.ts'
import { readCrop, type MadeRow } from './dataset-rows.ts'
import { makeRejectThumbnails } from './reject-thumbnails.ts'

const SAMPLE_COUNT = 24

interface WriteOptions {
  readonly folder: string
  readonly manifest: Manifest
  readonly context: StageContext
}

interface PageOptions extends Omit<WriteOptions, 'folder'> {
  /** Landmarks of the samples by id. */
  readonly dots: ReadonlyMap<string, readonly Point[]>
  /** Of rejected pictures, by path in the source. */
  readonly thumbnails: ReadonlyMap<string, Buffer>
}

/** Sees every row on its way into the dataset, and keeps a few. */
export class DatasetPreview {
  readonly #tally = new PreviewTally()
  readonly #shown: ReadonlySet<number>
  readonly #samples: MadeRow[] = []
  #rows = 0

  /** `rows`: how many there will be. */
  constructor(rows: number) {
    this.#shown = new Set(spreadIndices(rows, SAMPLE_COUNT))
  }

  add(made: MadeRow): void {
    if (this.#shown.has(this.#rows++)) this.#samples.push(made)
    this.#tally.addCaption(made.row.text)
  }

  /** `preview.html` and `preview.png`. */
  async write({ folder, manifest, context }: WriteOptions): Promise<void> {
    const { config, paths } = context
    const dots = await this.#readAnnotations(paths.annotations)
    const groups = this.#tally.groups()
    const thumbnails = await makeRejectThumbnails(
      groups.flatMap(({ samples }) => samples),
      context,
    )
    const rows = this.#samples.map(({ row }) => row)
    await Promise.all([
      this.#writePage(join(folder, 'preview.html'), { dots, thumbnails, manifest, context }),
      writeDatasetSheet(join(folder, 'preview.png'), {
        name: config.name,
        manifest,
        rows,
        groups,
        thumbnails,
      }),
    ])
  }

  async #writePage(file: string, { dots, thumbnails, manifest, context }: PageOptions): Promise<void> {
    const { config, plan } = context
    const page = formatPreviewPage({
      config,
      configFile: nameConfig(plan.config_file),
      manifest,
      tally: this.#tally,
      samples: await this.#shrinkSamples(dots, manifest),
      thumbnails: new Map([...thumbnails].map(([path, webp]) => [path, formatDataUrl(webp)])),
    })
    await writeFileAtomic(file, page)
  }

  /** Gives the landmarks of the samples, in pixels of their small copies, by id. */
  async #readAnnotations(file: string): Promise<Map<string, readonly Point[]>> {
    const wanted = new Set(this.#samples.map(({ id }) => id))
    const dots = new Map<string, readonly Point[]>()
    for await (const annotation of readNdjson<Annotation>(file)) {
      this.#tally.add(annotation)
      if (wanted.has(annotation.id)) dots.set(annotation.id, placeDots(annotation))
    }
    return dots
  }

  async #shrinkSamples(
    dots: ReadonlyMap<string, readonly Point[]>,
    { validation_members }: Manifest,
  ): Promise<PreviewSample[]> {
    const held = new Set(validation_members.map(({ id }) => id))
    const samples: PreviewSample[] = []
    const shrunk = mapInOrder(this.#samples, 4, (made) => shrinkSample(made, dots.get(made.id) ?? []))
    for await (const sample of shrunk) samples.push({ ...sample, isHeldOut: held.has(sample.id) })
    return samples
  }
}

async function shrinkSample(
  { id, row }: MadeRow,
  dots: readonly Point[],
): Promise<Omit<PreviewSample, 'isHeldOut'>> {
  const [image, conditioning] = await Promise.all([
    makeThumbnails(row.image.bytes, dots),
    makeThumbnails(row.conditioning_image.bytes),
  ])
  return {
    id,
    caption: row.text,
    image: formatDataUrl(image.plain),
    overlay: image.dotted && formatDataUrl(image.dotted),
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

/** As in a command; null for the one that is taken by itself. Where it lies on this machine is nobody's business. */
function nameConfig(file: string | null | undefined): string | null {
  if (!file || normalize(file) === 'controlnet.yaml') return null
  return isAbsolute(file) ? basename(file) : file
}
