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
import { formatCount } from '../dataset/rejects.ts'
import { writeFileAtomic } from '../tools/atomic-write.ts'
import { mapInOrder } from '../tools/concurrent.ts'
import { writeContactSheet } from '../tools/contact-sheet.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import { makeThumbnail, SAMPLE_SIDE } from '../tools/thumbnail.ts'
import type { StageContext } from '../types.ts'
import { readCrop, type MadeRow } from './dataset-rows.ts'
import { makeRejectThumbnails } from './reject-thumbnails.ts'

const SAMPLE_COUNT = 24
const SHEET_COUNT = 12

interface WriteOptions {
  readonly folder: string
  readonly manifest: Manifest
  readonly context: StageContext
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
    const { config, paths, plan } = context
    const faces = await this.#readAnnotations(paths.annotations)
    const rejects = this.#tally.groups().flatMap(({ samples }) => samples)
    const thumbnails = await makeRejectThumbnails(rejects, context)
    const page = formatPreviewPage({
      config,
      configFile: nameConfig(plan.config_file),
      manifest,
      tally: this.#tally,
      samples: await this.#shrinkSamples(faces, manifest),
      thumbnails,
    })
    await writeFileAtomic(join(folder, 'preview.html'), page)
    await this.#writeSheet(join(folder, 'preview.png'), manifest, context)
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
    const shrink = async ({ id, row }: MadeRow): Promise<PreviewSample> => {
      const points = dots.get(id) ?? []
      const [image, conditioning, overlay] = await Promise.all([
        makeThumbnail(row.image.bytes),
        makeThumbnail(row.conditioning_image.bytes),
        points.length === 0 ? null : makeThumbnail(row.image.bytes, points),
      ])
      return { id, caption: row.text, isHeldOut: held.has(id), image, conditioning, overlay }
    }
    const samples: PreviewSample[] = []
    for await (const sample of mapInOrder(this.#samples, 4, shrink)) samples.push(sample)
    return samples
  }

  async #writeSheet(file: string, { train, validation }: Manifest, { config }: StageContext): Promise<void> {
    const shown = spreadIndices(this.#samples.length, SHEET_COUNT).map((index) => this.#samples[index]!)
    await writeContactSheet(file, {
      title: `${config.name}: ${formatCount(train)} training + ${formatCount(validation)} validation rows`,
      rows: shown.map(({ row }) => ({
        image: Buffer.from(row.image.bytes),
        conditioning: Buffer.from(row.conditioning_image.bytes),
        caption: row.text,
      })),
    })
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
