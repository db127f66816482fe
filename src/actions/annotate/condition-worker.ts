/** The thread that `picture-conditions.ts` starts: one picture file at a time → its conditioning image. */
import { DEFAULT_STYLE } from '../../conditions/face-styles/index.ts'
import { conditionOf, type ConditionKind } from '../../conditions/index.ts'
import { planCrop, type Crop } from '../../raster/crop.ts'
import { encodeConditioningImage } from '../../tools/images/conditioning-image.ts'
import { serveRequests } from '../../tools/threads/picture-threads.ts'
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import { readPicture } from '../../tools/images/decode-picture.ts'
import { cropPicture } from '../../tools/images/training-picture.ts'

export interface ConditionRequest {
  readonly file: string
  /** One that is made `from` the picture. */
  readonly kind: ConditionKind
  /** Pixels of the training crop, which is the middle of the picture; null: all of it, as large as it is. */
  readonly size: number | null
}

export interface PictureCondition {
  /** Of the picture. */
  readonly width: number
  readonly height: number
  /** The square of the picture that is shown; null: all of it. */
  readonly crop: Crop | null
  /** A PNG file's bytes. */
  readonly conditioning: Uint8Array
}

serveRequests({ ready: null, work: makeCondition })

async function makeCondition({ file, kind, size }: ConditionRequest): Promise<PictureCondition> {
  const { render } = conditionOf(kind)
  if (render === null) throw new Error(`nothing draws ${kind}`)
  const picture = await readPicture(file)
  const { width, height } = picture
  const crop = size === null ? null : planCrop({ width, height, crop: 'center' })
  const shown = crop === null || size === null ? picture : await cut(picture, crop, size)
  const input = { width: shown.width, height: shown.height, picture: shown.data }
  const rgb = render({ ...input, faces: [], style: DEFAULT_STYLE })
  const conditioning = encodeConditioningImage(rgb, shown.width, shown.height)
  return { width, height, crop, conditioning }
}

async function cut(picture: RgbPixels, crop: Crop, size: number): Promise<RgbPixels> {
  const data = await cropPicture(picture, { crop, resolution: size })
  return { data, width: size, height: size }
}
