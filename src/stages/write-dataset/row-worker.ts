/** Worker thread of `row-maker.ts`: makes the two pictures of one row after the other. */
import { conditionOf, type ConditionKind, type RenderInput } from '../../conditions/index.ts'
import type { Crop } from '../../raster/crop.ts'
import type { Point } from '../../faces/face.ts'
import { makeConditioning } from '../../tools/images/conditioning-from-source.ts'
import { encodeConditioningImage } from '../../tools/images/conditioning-image.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { serveRequests } from '../../tools/threads/picture-threads.ts'
import { decodePicture } from '../../tools/images/decode-picture.ts'
import { createReadBuffer } from '../../tools/files/read-buffer.ts'
import { hashBytes, readLocated } from '../../tools/files/read-located.ts'
import type { Located } from '../../tools/files/located.ts'
import { makeTrainingPicture, type TrainingPicture } from '../../tools/images/training-picture.ts'

export interface RowRequest {
  readonly picture: Located
  /** The recorded hash: the landmarks only belong to this content. */
  readonly sha256: string
  /** Width and height of the picture after EXIF orientation is applied. */
  readonly size: readonly [width: number, height: number]
  readonly crop: Crop
  readonly resolution: number
  readonly condition: ConditionKind
  readonly style: RenderInput['style']
  /** Landmarks of each face to draw, in pixels of the row. */
  readonly faces: readonly (readonly Point[])[]
  /** The ready-made conditioning image; null when it is drawn. */
  readonly conditioning: Located | null
}

/** `spare` is memory that may be used for a picture; null when there is none. */
export interface RowWork extends RowRequest {
  readonly spare: ArrayBuffer | null
}

export interface RowPictures {
  readonly image: Pick<TrainingPicture, 'bytes' | 'extension'>
  readonly conditioning: Uint8Array
}

serveRequests({
  ready: null,
  work: makeRow,
  give: ({ image, conditioning }) => [image.bytes.buffer, conditioning.buffer],
})

const buffer = createReadBuffer()

async function makeRow({ spare, ...request }: RowWork): Promise<RowPictures> {
  const bytes = await readLocated(request.picture, buffer)
  if (hashBytes(bytes) !== request.sha256) throw new PictureError('changed', 'its content is another one')
  const image = await makeTrainingPicture({ ...request, bytes }, (pieces) => joinInto(spare, pieces))
  const ready = request.conditioning
  const conditioning =
    ready === null ? await drawConditioning(request, image) : await makeConditioning(ready, request)
  const { extension } = image
  // The file's own bytes were joined in memory that nothing else uses.
  const isJoined = image.rgb === null
  return {
    image: { bytes: isJoined ? image.bytes : ownBytes(image.bytes), extension },
    conditioning: ownBytes(conditioning),
  }
}

async function drawConditioning(
  { condition, style, faces, resolution }: RowRequest,
  { bytes, rgb }: TrainingPicture,
): Promise<Uint8Array> {
  const { from, render } = conditionOf(condition)
  if (render === null) throw new Error(`the condition ${condition} is not drawn`)
  const picture = from === 'picture' ? (rgb ?? (await decodePicture(bytes)).data) : null
  const size = { width: resolution, height: resolution }
  return encodeConditioningImage(render({ ...size, faces, picture, style }), resolution, resolution)
}

/** Memory is allocated in multiples of this, so that the next picture fits too. */
const MEMORY_STEP = 65_536

/** Joins the pieces in the given memory, or in new memory if they don't fit. */
function joinInto(spare: ArrayBuffer | null, pieces: readonly Uint8Array[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const memory =
    spare !== null && spare.byteLength >= length
      ? spare
      : new ArrayBuffer(Math.ceil(length / MEMORY_STEP) * MEMORY_STEP)
  const joined = Buffer.from(memory, 0, length)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

/** A transferred buffer must not share its memory with anything else. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}
