/** Reads from pictures what a measure compares: landmarks, or the condition that can be drawn from the picture. */
import { availableParallelism } from 'node:os'
import { readFile } from 'node:fs/promises'
import { annotatorForAnyPicture } from '../../annotators/index.ts'
import { openFaceAnnotator } from '../../annotators/threads/annotator-threads.ts'
import { conditionOf } from '../../conditions/index.ts'
import type { EvaluatedCase } from '../../evaluation/evaluation-document.ts'
import type { Measure, Reading } from '../../evaluation/measures/index.ts'
import { skinColour, typologyAngle } from '../../evaluation/skin-tone.ts'
import type { Point } from '../../faces/face.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { decodePicture } from '../../tools/images/decode-picture.ts'
import { encodePhotoPng } from '../../tools/images/photo-png.ts'
import { resizePicture } from '../../tools/images/resize-picture.ts'
import type { StageContext } from '../../types.ts'
import type { HeldOutRow } from './held-out-cases.ts'

export interface PictureReader {
  /** What finds the landmarks; null where none are looked for. */
  readonly identity: unknown
  readCases(rows: readonly HeldOutRow[]): Promise<EvaluatedCase[]>
  /** In the order of the files. */
  readAll(files: readonly string[]): Promise<Reading[]>
  close(): Promise<void>
}

const OPEN: Readonly<Record<Measure['reads'], (context: StageContext) => Promise<PictureReader>>> = {
  faces: openFaceReader,
  condition: openConditionReader,
}

export function openPictureReader(context: StageContext, measure: Measure): Promise<PictureReader> {
  return OPEN[measure.reads](context)
}

/** Pixels. Smaller pictures are enlarged first: the detector was trained on larger ones. */
const LEAST_SIDE = 512

async function openFaceReader({ config: { condition }, signal }: StageContext): Promise<PictureReader> {
  const { name } = annotatorForAnyPicture(condition.annotator)
  const workers = availableParallelism()
  const annotator = await openFaceAnnotator({ annotator: name, quality: condition.quality, workers, signal })
  const readOne = async (file: string): Promise<Reading> => {
    const picture = await decodePicture(await readFile(file))
    const { bytes, scale } = await enlarge(picture)
    const { faces } = await annotator.annotate({ kind: 'bytes', bytes })
    const points = faces.map(({ landmarks }) => landmarks.map((point) => shrinkPoint(point, scale)))
    return { faces: points, condition: null }
  }
  return {
    identity: annotator.identity,
    readCases: (rows) =>
      collect(rows, async ({ faces, original }) => {
        const picture = await decodePicture(await readFile(original))
        const colour = faces[0] === undefined ? null : skinColour(picture, faces[0])
        return { truth: { faces, condition: null }, tone: colour === null ? null : typologyAngle(colour) }
      }),
    readAll: (files) => collect(files, readOne, annotator.width),
    close: () => annotator.close(),
  }
}

async function enlarge(picture: RgbPixels): Promise<{ readonly bytes: Uint8Array; readonly scale: number }> {
  const scale = Math.max(1, Math.ceil(LEAST_SIDE / Math.min(picture.width, picture.height)))
  const [width, height] = [picture.width * scale, picture.height * scale]
  const data =
    scale === 1 ? picture.data : await (await resizePicture(picture, { width, height })).raw().toBuffer()
  return { bytes: await encodePhotoPng(data, width, height), scale }
}

/** Points count from the centre of the first pixel. */
function shrinkPoint([x, y]: Point, scale: number): Point {
  return [(x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5]
}

async function openConditionReader({ config: { condition } }: StageContext): Promise<PictureReader> {
  const { render } = conditionOf(condition.kind)
  if (render === null) throw new Error(`nothing draws ${condition.kind}`)
  const readOne = async (file: string): Promise<Reading> => {
    const { data, width, height } = await decodePicture(await readFile(file))
    const drawn = render({ width, height, faces: [], picture: data, style: condition.style })
    return { faces: [], condition: { data: drawn, width, height } }
  }
  return {
    identity: null,
    readCases: (rows) =>
      collect(rows, async (row) => {
        const { data, width, height } = await decodePicture(await readFile(row.condition))
        return { truth: { faces: [], condition: { data, width, height } }, tone: null }
      }),
    readAll: (files) => collect(files, readOne),
    close: async () => undefined,
  }
}

async function collect<T, R>(items: readonly T[], work: (item: T) => Promise<R>, limit = 4): Promise<R[]> {
  const results: R[] = []
  for await (const result of mapInOrder(items, limit, work)) results.push(result)
  return results
}
