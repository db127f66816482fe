/** The held-out rows of the dataset, each with what was found in its picture. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Annotation } from '../../dataset/annotations/annotation.ts'
import type { Manifest } from '../../dataset/manifest.ts'
import { UserError } from '../../errors.ts'
import type { Point } from '../../faces/face.ts'
import { parsePictureFormat } from '../../formats/pictures/picture-format.ts'
import { kitCommand } from '../../next-step.ts'
import { faceToCrop } from '../../raster/crop.ts'
import { readNdjson } from '../../tools/files/ndjson-file.ts'
import { readRows } from '../../tools/files/read-rows.ts'
import { previewPrompt } from '../../trainer/previews.ts'
import type { StageContext } from '../../types.ts'

export interface HeldOutRow {
  /** Place among the held-out rows. */
  readonly index: number
  readonly prompt: string
  /** Landmarks of the dataset, in pixels of the row; empty where it has none. */
  readonly faces: readonly (readonly Point[])[]
  /** Files of the original picture and of its conditioning image. */
  readonly original: string
  readonly condition: string
}

/** In the order of the dataset. Their pictures lie in `{run}/evaluation/rows/` then. */
export async function readHeldOut(context: StageContext): Promise<HeldOutRow[]> {
  const { paths } = context
  const columns = ['image', 'conditioning_image', 'text'] as const
  const rows = await readRows(paths.dataset, { split: 'validation', count: Infinity, columns })
  if (rows.length === 0) return []
  const faces = await readFaces(context)
  if (faces.length !== rows.length) throw changedDataset(rows.length, faces.length)
  const folder = join(evaluationFolder(paths.run), 'rows')
  await mkdir(folder, { recursive: true })
  const heldOut: HeldOutRow[] = []
  for (const [index, { image, conditioning_image, text }] of rows.entries()) {
    const base = join(folder, String(index).padStart(3, '0'))
    const extension = parsePictureFormat(image)?.format === 'jpeg' ? 'jpg' : 'png'
    const [original, condition] = [`${base}.${extension}`, `${base}.condition.png`]
    await writeFile(original, image)
    await writeFile(condition, conditioning_image)
    const prompt = text.trim() === '' ? previewPrompt(context.config) : text
    heldOut.push({ index, prompt, faces: faces[index]!, original, condition })
  }
  return heldOut
}

export function evaluationFolder(run: string): string {
  return join(run, 'evaluation')
}

/** Of the held-out rows, in their order, which is that of the annotations. */
async function readFaces({ config, paths }: StageContext): Promise<(readonly (readonly Point[])[])[]> {
  const { validation_members } = JSON.parse(await readFile(paths.manifest, 'utf8')) as Manifest
  const held = new Set(validation_members.map(({ sha256 }) => sha256))
  const found: (readonly (readonly Point[])[])[] = []
  for await (const annotation of readNdjson<Annotation>(paths.annotations)) {
    const { rejected, sha256, crop, face, more_faces = [] } = annotation
    if (rejected !== null || sha256 === null || crop === null || !held.has(sha256)) continue
    const [x, y, side] = crop
    const faces = face === null ? [] : [face, ...more_faces]
    found.push(faces.map((one) => faceToCrop(one, { x, y, side }, config.dataset.resolution).landmarks))
  }
  return found
}

function changedDataset(rows: number, annotations: number): UserError {
  return new UserError(
    `The dataset's held-out rows and their annotations don't fit together: ${rows} rows, ${annotations} annotations.`,
    { code: 'dataset-changed', hint: `Write the dataset anew: ${kitCommand('prepare')}` },
  )
}
