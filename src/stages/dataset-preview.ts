/** The contact sheet and the page that show a dataset: samples spread over its rows, and what was left out. */
import { join } from 'node:path'
import type { Annotation } from '../dataset/annotation.ts'
import type { Manifest } from '../dataset/manifest.ts'
import { formatPreviewPage, type PreviewReject, type PreviewSample } from '../dataset/preview-page.ts'
import { writeFileAtomic } from '../tools/atomic-write.ts'
import { writeContactSheet } from '../tools/contact-sheet.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import { makeThumbnail } from '../tools/thumbnail.ts'
import type { StageContext } from '../types.ts'
import type { MadeRow } from './dataset-rows.ts'

export const SAMPLE_COUNT = 12
const MAX_REJECTS_SHOWN = 200

/** Indices of the rows to show: spread evenly. */
export function planSamples(rows: number): ReadonlySet<number> {
  const count = Math.min(rows, SAMPLE_COUNT)
  return new Set(Array.from({ length: count }, (_, index) => Math.floor((index * rows) / count)))
}

interface PreviewOptions {
  readonly folder: string
  readonly samples: readonly MadeRow[]
  readonly manifest: Manifest
  readonly context: StageContext
}

export async function writePreview({ folder, samples, manifest, context }: PreviewOptions): Promise<void> {
  const { config, paths } = context
  await writeContactSheet(join(folder, 'preview.png'), {
    title: `${config.name}: ${manifest.train} train + ${manifest.validation} validation rows`,
    rows: samples.map(({ row }) => ({
      image: Buffer.from(row.image.bytes),
      conditioning: Buffer.from(row.conditioning_image.bytes),
      caption: row.text,
    })),
  })
  const page = formatPreviewPage({
    name: config.name,
    manifest,
    samples: await Promise.all(samples.map(shrinkSample)),
    rejects: await readRejects(paths.annotations),
  })
  await writeFileAtomic(join(folder, 'preview.html'), page)
}

async function shrinkSample({ id, row }: MadeRow): Promise<PreviewSample> {
  const [image, conditioning] = await Promise.all([
    makeThumbnail(row.image.bytes),
    makeThumbnail(row.conditioning_image.bytes),
  ])
  return { id, caption: row.text, image, conditioning }
}

async function readRejects(file: string): Promise<PreviewReject[]> {
  const rejects: PreviewReject[] = []
  for await (const { source, rejected } of readNdjson<Annotation>(file)) {
    if (rejected !== null) rejects.push({ source, ...rejected })
    if (rejects.length === MAX_REJECTS_SHOWN) break
  }
  return rejects
}
